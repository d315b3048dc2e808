//! Tests of how long a request may take to arrive.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::{RawAnswer, RawConnection};

fn impatient() -> Options {
    Options {
        header_timeout: Some(1),
        body_timeout: Some(1),
        ..Options::default()
    }
}

/// Sends a body without end, one byte every 50 ms. Returns the response.
fn dribble(raw: &mut RawConnection, byte: &'static [u8]) -> RawAnswer {
    let ended = Arc::new(AtomicBool::new(false));
    let mut stream: TcpStream = raw.writer();
    let writer = thread::spawn({
        let ended = Arc::clone(&ended);
        move || {
            while !ended.load(Ordering::Relaxed) && stream.write_all(byte).is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        }
    });
    let answer = raw.answer();
    ended.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    answer
}

fn begin(app: &TestApp, client: &Client, path: &str, kind: &str) -> RawConnection {
    let mut raw = RawConnection::to(app);
    let headers = format!("content-type: {kind}\r\ncontent-length: 10000\r\n");
    raw.write_head(&format!("POST {path}"), client, &headers);
    raw
}

both! {
    async fn incomplete_head_times_out(db: &TestDatabase) {
        let app = TestApp::with_options(db, impatient()).await;
        let (silent, mut slow) = (RawConnection::to(&app), RawConnection::to(&app));
        slow.write("GET /unicom/auth/session/ HTTP/1.1\r\nhost: uni");
        for mut raw in [silent, slow] {
            raw.answer().is_bare(408);
            raw.is_closed();
        }
        let mut dribbling = RawConnection::to(&app);
        dribbling.write("GET /unicom/auth/session/ HTTP/1.1\r\n");
        dribble(&mut dribbling, b"x").is_bare(408);
    }

    async fn silent_connections_do_not_block_other_clients(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let mut silent: Vec<RawConnection> = (0..600).map(|_| RawConnection::to(&app)).collect();
        for (number, raw) in silent.iter_mut().enumerate() {
            if number % 2 == 0 {
                raw.write("POST /unicom/webchat/send/ HTTP/1.1\r\nhost: uni");
            }
        }
        for number in 0..5 {
            guest.copy().get("/unicom/auth/session/").await.ok();
            guest.say(&number.to_string()).await;
        }
        assert_eq!(guest.texts().await.len(), 5);
    }

    async fn idle_connection_is_closed(db: &TestDatabase) {
        let options = Options {
            keep_alive: Some(1),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let mut raw = RawConnection::to(&app);
        assert_eq!(raw.get("/healthz").status, 200);
        raw.is_closed();
    }

    async fn slow_body_times_out(db: &TestDatabase) {
        let app = TestApp::with_options(db, impatient()).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (path, kind) in [
            ("/unicom/webchat/send/", "application/json"),
            ("/unicom/webchat/send/", "application/x-www-form-urlencoded"),
            ("/unicom/webchat/chats/", "application/json"),
            ("/unicom/auth/login/", "application/json"),
            ("/unicom/auth/register/", "application/json"),
        ] {
            let mut raw = begin(&app, &guest, path, kind);
            dribble(&mut raw, b" ").is(408, "request_timeout");
            raw.is_closed();
            // A body that stops.
            let mut raw = begin(&app, &guest, path, kind);
            raw.write("{");
            raw.answer().is(408, "request_timeout");
        }
        watch.unchanged("a body that dribbles").await;
        guest.say("as ever").await;
    }

    async fn slow_form_times_out(db: &TestDatabase) {
        let app = TestApp::with_options(db, impatient()).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        let form = "multipart/form-data; boundary=b";
        for part in [
            "form-data; name=\"media\"; filename=\"a.png\"",
            "form-data; name=\"text\"",
            "form-data; name=\"unknown\"",
        ] {
            let mut raw = begin(&app, &guest, "/unicom/webchat/send/", form);
            raw.write(format!("--b\r\ncontent-disposition: {part}\r\n\r\nbeginning"));
            dribble(&mut raw, b"x").is(408, "request_timeout");
        }
        let mut raw = begin(&app, &guest, "/unicom/webchat/send/", form);
        dribble(&mut raw, b"-").is(408, "request_timeout");
        watch.unchanged("a form that dribbles").await;
    }

    async fn large_file_has_a_longer_timeout(db: &TestDatabase) {
        let app = TestApp::with_options(db, impatient()).await;
        let guest = app.guest_who_wrote("hi").await;
        let png = crate::sample_images::png_and(&[7; 50_000]);
        let (kind, body) = crate::multipart_form::Form::default().file("media", "a.png", &png).finish();
        let mut raw = RawConnection::to(&app);
        let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
        raw.write_head("POST /unicom/webchat/send/", &guest, &headers);
        // The first 48 KiB arrive immediately and extend the time limit by six seconds. The rest
        // arrives long after the first second.
        let (first, rest) = body.split_at(49_152);
        raw.write(first);
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert!(!raw.has_answer());
        raw.write(rest);
        let answer = raw.answer();
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}
