//! Tests of the number of simultaneous requests and connections.

use std::time::Duration;

use serde_json::json;
use unicom_server::{Options, RateOptions};
use unicom_testing::TestDatabase;

use super::rates;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::{RawAnswer, RawConnection};

const BODY: &str = r#"{"text":"hi"}"#;
const JSON: &str = "content-type: application/json\r\n";

/// Sends the head of a request, without its body.
fn begin_to_send(app: &TestApp, client: &Client, from: &str) -> RawConnection {
    let mut raw = RawConnection::to(app);
    let headers = format!("{from}{JSON}content-length: {}\r\n", BODY.len());
    raw.write_head("POST /unicom/webchat/send/", client, &headers);
    raw
}

/// Sends a request with its body.
fn send_at_once(raw: &mut RawConnection, client: &Client, from: &str) {
    let headers = format!("{from}{JSON}content-length: {}\r\n", BODY.len());
    raw.write_request("POST /unicom/webchat/send/", client, &headers, BODY);
}

/// Starts as many requests as are permitted. Returns them and the response to one more. `from` is a
/// proxy's header, or empty.
async fn fill<const N: usize>(
    app: &TestApp,
    client: &Client,
    from: &str,
) -> ([RawConnection; N], RawAnswer) {
    let mut sending = [(); N].map(|()| begin_to_send(app, client, from));
    let busy = TestApp::wait_for("as many requests as there may be", async || {
        // A request that arrived together with the reader is itself refused as one too many.
        for raw in &mut sending {
            if raw.has_answer() {
                *raw = begin_to_send(app, client, from);
            }
        }
        let answer = read(app, from);
        (answer.status != 200).then_some(answer)
    })
    .await;
    (sending, busy)
}

/// Returns the response to another reader.
fn read(app: &TestApp, from: &str) -> RawAnswer {
    let mut raw = RawConnection::to(app);
    raw.write(format!(
        "GET /unicom/webchat/messages/ HTTP/1.1\r\nhost: localhost\r\n{from}\r\n"
    ));
    raw.answer()
}

both! {
    async fn excess_request_gets_retry_after(db: &TestDatabase) {
        let options = Options {
            requests_at_once: Some(2),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        let (mut sending, busy) = fill::<2>(&app, &guest, "").await;
        busy.is(503, "busy");
        assert_eq!(busy.header("retry-after"), Some("1"));
        let watch = NoSideEffects::of(&app).await;
        let mut third = begin_to_send(&app, &guest, "");
        third.write(BODY);
        third.answer().is(503, "busy");
        watch.unchanged("a request too many").await;
        // Monitoring requests are answered nevertheless.
        assert_eq!(RawConnection::to(&app).get("/healthz").status, 200);
        assert_eq!(RawConnection::to(&app).get("/readyz").status, 200);

        for raw in &mut sending {
            raw.write(BODY);
            assert_eq!(raw.answer().status, 200);
        }
        assert_eq!(read(&app, "").status, 200);
        assert_eq!(guest.texts().await, ["first", "hi", "hi"]);
    }

    async fn excess_request_waits_for_a_slot(db: &TestDatabase) {
        let options = Options {
            requests_at_once: Some(1),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        // One of the two workers may process the reader first, and on a slow machine a waiting
        // request may time out.
        TestApp::wait_for("a reader who waited and was answered", async || {
            let mut sending = begin_to_send(&app, &guest, "");
            let mut reader = RawConnection::to(&app);
            reader.write_request("GET /unicom/webchat/messages/", &guest, "", "");
            tokio::time::sleep(Duration::from_millis(100)).await;
            let has_waited = !reader.has_answer();
            sending.write(BODY);
            assert_eq!(sending.answer().status, 200);
            let answer = reader.answer();
            if answer.status != 200 {
                answer.is(503, "busy");
            }
            (has_waited && answer.status == 200).then_some(())
        })
        .await;
    }

    async fn slow_address_does_not_use_all_slots(db: &TestDatabase) {
        let options = Options {
            address_at_once: Some(2),
            trusted_proxies: Some(vec!["127.0.0.0/8".to_owned()]),
            ..rates(RateOptions::default())
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        let slow = "x-forwarded-for: 192.0.2.1\r\n";
        let (mut sending, refused) = fill::<2>(&app, &guest, slow).await;
        refused.is(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), Some("1"));
        let watch = NoSideEffects::of(&app).await;
        let mut third = RawConnection::to(&app);
        for _ in 0..2 {
            send_at_once(&mut third, &guest, slow);
            let refused = third.answer();
            assert_eq!(refused.is(429, "rate_limited").header("connection"), None);
        }
        watch.unchanged("a request too many").await;
        for other in ["192.0.2.2", "2001:db8::1"] {
            assert_eq!(read(&app, &format!("x-forwarded-for: {other}\r\n")).status, 200);
        }
        for raw in &mut sending {
            raw.write(BODY);
            assert_eq!(raw.answer().status, 200);
            assert_eq!(read(&app, slow).status, 200);
        }
    }

    async fn one_address_may_use_all_slots_without_rate_limits(db: &TestDatabase) {
        let options = Options {
            address_at_once: Some(1),
            requests_at_once: Some(2),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        let (_sending, busy) = fill::<2>(&app, &guest, "").await;
        busy.is(503, "busy");
    }

    async fn rejection_keeps_the_connection_open(db: &TestDatabase) {
        let options = Options {
            requests_at_once: Some(1),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        let (sending, busy) = fill::<1>(&app, &guest, "").await;
        busy.is(503, "busy");
        let mut raw = RawConnection::to(&app);
        for _ in 0..3 {
            send_at_once(&mut raw, &guest, "");
            let refused = raw.answer();
            assert_eq!(refused.is(503, "busy").header("connection"), None);
        }
        drop(sending);
        TestApp::wait_for("room again", async || {
            send_at_once(&mut raw, &guest, "");
            (raw.answer().status == 200).then_some(())
        })
        .await;
        // Other refusals do not close the connection either.
        send_at_once(&mut raw, &Client::new(app.base()), "");
        let refused = raw.answer();
        assert_eq!(refused.is(403, "csrf_failed").header("connection"), None);
        send_at_once(&mut raw, &guest, "");
        assert_eq!(raw.answer().status, 200);
    }

    async fn disconnected_client_frees_its_slot(db: &TestDatabase) {
        let options = Options {
            requests_at_once: Some(1),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        for _ in 0..3 {
            let (sending, busy) = fill::<1>(&app, &guest, "").await;
            busy.is(503, "busy");
            drop(sending);
            TestApp::wait_for("room again", async || (read(&app, "").status == 200).then_some(()))
                .await;
        }
    }

    async fn excess_connection_waits(db: &TestDatabase) {
        // One connection for each of the two workers.
        let options = Options {
            max_connections: Some(2),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let mut open = [RawConnection::to(&app), RawConnection::to(&app)];
        for raw in &mut open {
            assert_eq!(raw.get("/healthz").status, 200);
        }
        let mut third = RawConnection::to(&app);
        third.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
        // Far longer than a response takes.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!third.has_answer());
        drop(open);
        assert_eq!(third.answer().status, 200);
    }

    async fn password_job_queue_is_bounded(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        // Twice as many as may wait or be processed. Each takes some milliseconds, so most arrive
        // at the same time.
        let guest = app.guest().await;
        let logins: Vec<RawConnection> = (0..300)
            .map(|_| {
                let body = json!({ "username": "alice", "password": "wrong" }).to_string();
                let mut raw = RawConnection::to(&app);
                let headers = format!(
                    "content-type: application/json\r\ncontent-length: {}\r\n",
                    body.len()
                );
                raw.write_head("POST /unicom/auth/login/", &guest, &headers);
                raw.write(body);
                raw
            })
            .collect();
        let mut refused = 0;
        for mut raw in logins {
            let answer = raw.answer();
            if answer.status == 503 {
                answer.is(503, "busy");
                assert_eq!(answer.header("retry-after"), Some("1"));
                refused += 1;
            } else {
                answer.is(401, "invalid_credentials");
            }
        }
        assert!(refused > 0);
        guest.log_in("alice").await;
    }
}
