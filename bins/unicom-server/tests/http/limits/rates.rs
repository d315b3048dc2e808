//! Tests of rates: per address, per session and per account, for reads and writes.

use std::time::Duration;

use serde_json::json;
use unicom_auth::{Scope, tokens, users};
use unicom_server::{Options, RateOptions};
use unicom_testing::TestDatabase;

use super::{at_once, is_limited, rates};
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::log::lines_of;
use crate::no_side_effects::NoSideEffects;
use crate::statements::{cost, recording_with};

const SESSION: &str = "/unicom/auth/session/";

/// Creates an API token of the user.
async fn token(app: &TestApp, name: &str) -> String {
    let name = name.to_owned();
    let made = app.database().write(move |tx| {
        let user = users::by_name(tx, &name)?.unwrap();
        tokens::create(tx, user.id, "test", Scope::Admin, None)
    });
    made.await.unwrap().1
}

both! {
    async fn default_limits_allow_several_tabs(db: &TestDatabase) {
        let app = TestApp::with_options(db, rates(RateOptions::default())).await;
        let guest = app.guest().await;
        for number in 0..30 {
            guest.say(&format!("message {number}")).await;
        }
        // Ten tabs that poll once a second for half a minute, all at the same time.
        for _ in 0..300 {
            guest.messages("limit=1").await;
        }
    }

    async fn address_limit_applies_before_database_access(db: &TestDatabase) {
        let rate = RateOptions {
            address_reads: at_once(5),
            address_writes: at_once(3),
            ..RateOptions::default()
        };
        let (app, recorded) = recording_with(db, rates(rate)).await;
        let guest = app.guest_who_wrote("hi").await;
        let (answer, statements) = cost(&recorded, guest.get(SESSION)).await;
        answer.ok();
        assert!(!statements.is_empty());
        for _ in 0..3 {
            guest.get(SESSION).await.ok();
        }
        // The same session, a client without one, and a client with a token.
        let stranger = Client::new(app.base());
        let program = Client::new(app.base()).with_bearer("uct_0123456789abcdef0123456789abcdef");
        for client in [&guest, &stranger, &program] {
            for path in [SESSION, "/unicom/webchat/messages/", "/unicom/admin/channels/"] {
                let (answer, statements) = cost(&recorded, client.get(path)).await;
                is_limited(&answer, "address");
                assert_eq!(statements, [""; 0]);
            }
        }
        // Writes are counted separately from reads, and a bot's writes together with the others.
        guest.say("still").await;
        let reply = "/unicom/requests/01890000-0000-7000-8000-000000000000/reply/";
        program.post(reply, json!({})).await.is(404, "not_found");
        let before = app.rows().await;
        for client in [&guest, &program] {
            for path in ["/unicom/webchat/send/", reply] {
                let (answer, statements) = cost(&recorded, client.post(path, json!({ "text": "x" }))).await;
                is_limited(&answer, "address");
                assert_eq!(statements, [""; 0]);
            }
        }
        assert_eq!(app.rows().await, before);
        // Monitoring requests are answered nevertheless.
        for _ in 0..20 {
            for path in ["/healthz", "/readyz"] {
                stranger.get(path).await.ok();
            }
        }
    }

    async fn rejected_requests_without_a_route_count_against_the_address(db: &TestDatabase) {
        let long = format!("/unicom/auth/session/?{}", "x".repeat(20_000));
        for (path, host, expected) in [
            ("/unicom/%61", "localhost", (400, "invalid_path")),
            ("/unicom/auth/session/", "evil.example", (421, "misdirected_request")),
            ("/nothing/", "localhost", (404, "not_found")),
            (long.as_str(), "localhost", (414, "uri_too_long")),
        ] {
            let rate = RateOptions { address_reads: at_once(3), ..RateOptions::default() };
            let app = TestApp::with_options(db, rates(rate)).await;
            let stranger = Client::new(app.base());
            let ask = async || stranger.request(reqwest::Method::GET, path).header("host", host).send().await;
            for _ in 0..3 {
                ask().await.is(expected.0, expected.1);
            }
            let refused = ask().await;
            is_limited(&refused, "address");
            let lines = lines_of(refused.header("x-request-id"));
            assert!(lines.iter().all(|line| line.target != "unicom::security"), "{lines:?}");
        }
    }

    async fn session_limit_does_not_affect_other_sessions(db: &TestDatabase) {
        let rate = RateOptions {
            session_reads: at_once(4),
            session_writes: at_once(3),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        let guest = app.guest_who_wrote("one").await;
        let other = app.guest_who_wrote("one").await;
        for text in ["two", "three", "four"] {
            guest.say(text).await;
        }
        let chat = format!("/unicom/webchat/chat/{}/", other.account_id().await);
        let watch = NoSideEffects::of(&app).await;
        let too_many = json!({ "text": "five", "name": "five" });
        for answer in [
            guest.send(too_many.clone()).await,
            guest.send_file("a.png", crate::sample_images::PNG).await,
            guest.patch(&chat, too_many.clone()).await,
            guest.delete(&chat).await,
            guest.post("/unicom/auth/logout/", json!({})).await,
            // Omitting the CSRF token does not help.
            guest.request(reqwest::Method::POST, "/unicom/webchat/send/").csrf(None).json(&too_many).send().await,
        ] {
            is_limited(&answer, "session");
        }
        watch.unchanged("a request of a session that sends too many").await;
        assert_eq!(guest.texts().await, ["one", "two", "three", "four"]);
        other.say("two").await;
        // Reads: one was sent before.
        for _ in 0..3 {
            guest.session().await;
        }
        for path in [SESSION, "/unicom/webchat/messages/", "/unicom/webchat/chats/"] {
            is_limited(&guest.get(path).await, "session");
            // Another connection uses the same session.
            is_limited(&guest.copy().get(path).await, "session");
        }
        other.session().await;
    }

    async fn account_limit_covers_all_sessions_and_tokens(db: &TestDatabase) {
        let rate = RateOptions {
            account_writes: at_once(6),
            account_reads: at_once(8),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        let laptop = app.user("alice").await;
        app.user("bob").await;
        let phone = app.guest().await;
        phone.log_in("alice").await;
        let program = Client::new(app.base()).with_bearer(&token(&app, "alice").await);
        for client in [&laptop, &phone, &program, &laptop, &phone, &program] {
            client.say("hi").await;
        }
        let watch = NoSideEffects::of(&app).await;
        for client in [&laptop, &phone, &program] {
            is_limited(&client.send(json!({ "text": "no" })).await, "account");
        }
        watch.unchanged("a request of an account that sends too many").await;
        let bob = Client::new(app.base()).with_bearer(&token(&app, "bob").await);
        bob.say("hi").await;
        for client in [&laptop, &phone, &program, &laptop, &phone, &program, &laptop, &phone] {
            client.messages("").await;
        }
        for client in [&laptop, &phone, &program] {
            is_limited(&client.get("/unicom/webchat/messages/").await, "account");
        }
        bob.messages("").await;
    }

    async fn new_guests_and_registrations_are_limited_per_address(db: &TestDatabase) {
        let rate = RateOptions {
            new_guests: at_once(3),
            registrations: at_once(2),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        let known = app.guest_who_wrote("hi").await;
        for _ in 0..2 {
            app.guest_who_wrote("hi").await;
        }
        let late = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (path, body) in [
            ("/unicom/webchat/send/", json!({ "text": "hi" })),
            ("/unicom/webchat/chats/", json!({})),
        ] {
            is_limited(&late.post(path, body).await, "visitors");
        }
        watch.unchanged("one new guest too many").await;
        // Known guests can continue, and every client may read.
        known.say("still here").await;
        late.messages("").await;

        app.user("alice").await;
        // An invalid registration does not count.
        let short = json!({ "username": "x", "password": "short" });
        late.post("/unicom/auth/register/", short).await.is(400, "invalid_body");
        // A registration with a taken name does, because it reveals which names exist.
        let taken = json!({ "username": "alice", "password": PASSWORD });
        late.post("/unicom/auth/register/", taken.clone()).await.is(409, "username_taken");
        let watch = NoSideEffects::of(&app).await;
        is_limited(&late.post("/unicom/auth/register/", taken).await, "registrations");
        let new = json!({ "username": "carol", "password": PASSWORD });
        is_limited(&late.post("/unicom/auth/register/", new).await, "registrations");
        watch.unchanged("one registration too many").await;
        late.log_in("alice").await;
    }

    async fn request_is_admitted_after_retry_after(db: &TestDatabase) {
        let rate = RateOptions {
            session_writes: Some("30:1".parse().unwrap()),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        let guest = app.guest_who_wrote("one").await;
        // On a slow machine, several requests may be needed to exceed the rate.
        let refused = TestApp::wait_for("one too many", async || {
            let answer = guest.send(json!({ "text": "two" })).await;
            (answer.status != 200).then_some(answer)
        })
        .await;
        is_limited(&refused, "session");
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!(seconds <= 2, "{seconds}");
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        guest.say("three").await;
    }

    async fn rate_limits_can_be_disabled(db: &TestDatabase) {
        let rate = RateOptions {
            address_reads: at_once(1),
            address_writes: at_once(1),
            address_kib: at_once(1),
            session_reads: at_once(1),
            session_writes: at_once(1),
            account_reads: at_once(1),
            account_writes: at_once(1),
            login_address: at_once(1),
            login_name: at_once(1),
            registrations: at_once(1),
            new_guests: at_once(1),
            webhooks: at_once(1),
        };
        let options = Options { rate, ..Options::default() };
        // `TestApp` disables rates unless the test enables them.
        let app = TestApp::with_options(db, options).await;
        for name in ["alice", "bob"] {
            let client = app.guest_who_wrote("hi").await;
            client.register(name).await;
            client.say("hi").await;
            client.messages("").await;
        }
        let anonymous = app.guest().await;
        for _ in 0..3 {
            let wrong = json!({ "username": "alice", "password": "wrong" });
            anonymous.post("/unicom/auth/login/", wrong).await.is(401, "invalid_credentials");
        }
    }
}
