//! Tests of the number of body bytes an address may send: requests over the limit are refused
//! before they are stored.

use reqwest::Method;
use serde_json::json;
use unicom_server::{Options, RateOptions};
use unicom_testing::TestDatabase;

use super::{at_once, is_limited, rates};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::RawConnection;
use crate::response::Response;
use crate::sample_images::{PNG, png_and};

const SEND: &str = "/unicom/webchat/send/";

/// Returns options that permit an address this many KiB at a time, and one more every three
/// seconds.
fn kib(burst: u32) -> Options {
    rates(RateOptions {
        address_kib: Some(format!("20:{burst}").parse().unwrap()),
        ..RateOptions::default()
    })
}

/// Returns a file slightly larger than this many KiB.
fn file(kib: usize) -> Vec<u8> {
    png_and(&vec![7; kib << 10])
}

async fn send_from(client: &Client, address: &str, file: &[u8]) -> Response {
    let (kind, body) = Form::default().file("media", "a.png", file).finish();
    let request = client.request(Method::POST, SEND).body(&kind, body);
    request.header("x-forwarded-for", address).send().await
}

both! {
    async fn byte_limit_of_an_address_applies_to_all_its_sessions(db: &TestDatabase) {
        let app = TestApp::with_options(db, kib(100)).await;
        let guest = app.guest_who_wrote("hi").await;
        guest.send_file("a.png", &file(60)).await.ok();
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        let (kind, body) = Form::default().file("media", "a.png", &file(50)).finish();
        for client in [&guest, &app.guest().await, &admin] {
            let request = client.request(Method::POST, SEND).body(&kind, body.clone());
            is_limited(&request.send().await, "bytes from this network address");
        }
        let chat = guest.account_id().await;
        let to_chat = format!("/unicom/admin/chats/{chat}/messages/");
        is_limited(&admin.post_form(&to_chat, Form::default().file("media", "a.png", &file(50))).await, "bytes");
        watch.unchanged("more than an address may send").await;
        // What still fits is accepted.
        guest.say("a text").await;
        guest.send_file("a.png", &file(20)).await.ok();
    }

    async fn texts_and_metadata_count_towards_the_byte_limit(db: &TestDatabase) {
        let app = TestApp::with_options(db, kib(60)).await;
        let guest = app.guest_who_wrote("hi").await;
        let text = "x".repeat(15 << 10);
        for _ in 0..3 {
            guest.say(&text).await;
        }
        let watch = NoSideEffects::of(&app).await;
        let metadata = json!({ "name": "x", "metadata": { "x": text } });
        for answer in [
            guest.send(json!({ "text": text })).await,
            guest.post("/unicom/webchat/chats/", metadata.clone()).await,
            guest.patch(&format!("/unicom/webchat/chat/{}/", guest.account_id().await), metadata).await,
            guest.request(Method::POST, SEND).body("application/x-www-form-urlencoded", format!("text={text}")).send().await,
        ] {
            is_limited(&answer, "bytes");
        }
        watch.unchanged("more text than an address may send").await;
    }

    async fn small_files_count_towards_the_byte_limit(db: &TestDatabase) {
        let few = rates(RateOptions { address_kib: at_once(20), ..RateOptions::default() });
        let app = TestApp::with_options(db, few).await;
        let mut taken = 0;
        // Each file comes from a new guest, until one is refused.
        let refused = loop {
            let answer = app.guest().await.send_file("a.png", PNG).await;
            if answer.status != 200 {
                break answer;
            }
            taken += 1;
        };
        is_limited(&refused, "bytes");
        assert_eq!((taken, app.files().len()), (20, 20));
    }

    async fn body_of_unknown_length_is_counted_while_received(db: &TestDatabase) {
        let app = TestApp::with_options(db, kib(200)).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        let (kind, body) = Form::default().file("media", "a.png", &file(400)).finish();
        let mut raw = RawConnection::to(&app);
        raw.write_head(&format!("POST {SEND}"), &guest, &format!("content-type: {kind}\r\ntransfer-encoding: chunked\r\n"));
        let mut written = 0;
        for chunk in body.chunks(16 << 10) {
            if raw.has_answer() || !raw.write([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()) {
                break;
            }
            written += chunk.len();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        raw.answer().is(429, "rate_limited");
        assert!(written < body.len(), "it was read to its end");
        watch.unchanged("a body without a length").await;
        // A short body without a length is accepted and counted.
        let (kind, body) = Form::default().file("media", "a.png", PNG).finish();
        let mut raw = RawConnection::to(&app);
        raw.write_head(&format!("POST {SEND}"), &guest, &format!("content-type: {kind}\r\ntransfer-encoding: chunked\r\n"));
        raw.write([format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat());
        assert_eq!(raw.answer().status, 200);
    }

    async fn addresses_of_one_network_share_the_byte_limit(db: &TestDatabase) {
        let options = Options { trusted_proxies: Some(vec!["127.0.0.1".to_owned()]), ..kib(100) };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        send_from(&guest, "2001:db8:0:1::1", &file(60)).await.ok();
        for address in ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff:ffff:ffff:ffff"] {
            is_limited(&send_from(&guest, address, &file(50)).await, "bytes");
        }
        send_from(&guest, "2001:db8:0:2::1", &file(60)).await.ok();
        send_from(&guest, "192.0.2.1", &file(60)).await.ok();
    }
}
