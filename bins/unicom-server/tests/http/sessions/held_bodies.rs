//! Tests of request bodies that are held back until the session or token of the request has ended:
//! they have no effect.

use std::time::Duration;

use serde_json::json;
use unicom_auth::{tokens, users};
use unicom_testing::{TestClock, TestDatabase};

use crate::app::{PASSWORD, Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::RawConnection;

const GROUP: &str = r#"{"name": "mine"}"#;
const TEXT: &str = r#"{"text": "late"}"#;
const FORM: &str = "--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\nlate\r\n--x--\r\n";

/// A server with a test clock, and `chief`, an admin with a session that has written and with a
/// token.
struct House {
    app: TestApp,
    clock: TestClock,
    chief: Client,
    user_id: i64,
    token_id: i64,
    secret: String,
}

/// A request whose body has not been sent yet.
struct Held(RawConnection, &'static str);

impl House {
    async fn of(db: &TestDatabase) -> Self {
        let clock = TestClock::new();
        let setup = Setup {
            clock: Some(clock.clone()),
            ..Setup::default()
        };
        let app = TestApp::with(db, setup).await;
        let user = app.new_user("chief", true).await;
        let (token_id, secret) = app.numbered_token(&user).await;
        let chief = app.guest().await;
        chief.log_in("chief").await;
        chief.say("hi").await;
        Self {
            app,
            clock,
            chief,
            user_id: user.id,
            token_id,
            secret,
        }
    }

    /// Begins to write as a visitor and as an admin, with JSON and with forms, by the session and
    /// by the token.
    async fn begin(&self) -> Vec<Held> {
        let account = self.chief.account_id().await;
        let messages = format!("/unicom/admin/chats/{account}/messages/");
        let routes = [
            ("/unicom/webchat/send/", "application/json", TEXT),
            (
                "/unicom/webchat/send/",
                "multipart/form-data; boundary=x",
                FORM,
            ),
            ("/unicom/admin/groups/", "application/json", GROUP),
            (&*messages, "multipart/form-data; boundary=x", FORM),
        ];
        let anonymous = Client::new(self.app.base());
        let bearer = format!("authorization: Bearer {}\r\n", self.secret);
        let mut held = Vec::new();
        for (client, proof) in [(&self.chief, ""), (&anonymous, &*bearer)] {
            for (route, kind, body) in routes {
                let mut raw = RawConnection::to(&self.app);
                let length = body.len();
                let headers =
                    format!("{proof}content-type: {kind}\r\ncontent-length: {length}\r\n");
                raw.write_head(&format!("POST {route}"), client, &headers);
                held.push(Held(raw, body));
            }
        }
        // A client cannot see that the server has looked up its session.
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.clock.advance(Duration::from_secs(2));
        held
    }

    /// Sends the bodies. Those of the session and of the token must be refused with these statuses
    /// and codes, and change nothing.
    async fn is_refused(&self, held: Vec<Held>, session: (u16, &str), token: (u16, &str)) {
        let watch = NoSideEffects::of(&self.app).await;
        for (number, Held(mut raw, body)) in held.into_iter().enumerate() {
            let (status, code) = if number < 4 { session } else { token };
            raw.write(body);
            raw.answer().is(status, code);
        }
        watch.unchanged("a body that was held back").await;
    }
}

const LOG_IN: (u16, &str) = (401, "login_required");
const NO_TOKEN: (u16, &str) = (401, "invalid_credentials");

both! {
    async fn late_bodies_are_accepted_while_the_session_is_valid(db: &TestDatabase) {
        let house = House::of(db).await;
        for (number, Held(mut raw, body)) in house.begin().await.into_iter().enumerate() {
            // A group name can be used only once.
            let body = if number == 6 { r#"{"name": "more"}"# } else { body };
            raw.write(body);
            let answer = raw.answer();
            assert!([200, 201].contains(&answer.status), "{number}: {answer:?}");
        }
    }

    async fn late_bodies_are_rejected_after_a_deactivation(db: &TestDatabase) {
        let house = House::of(db).await;
        let held = house.begin().await;
        let id = house.user_id;
        let deactivated = house.app.database().write(move |tx| users::set_active(tx, id, false));
        deactivated.await.unwrap();
        house.is_refused(held, LOG_IN, NO_TOKEN).await;
    }

    async fn late_bodies_are_rejected_after_a_password_change(db: &TestDatabase) {
        let house = House::of(db).await;
        let held = house.begin().await;
        let body = json!({
            "current_password": PASSWORD, "new_password": "another pass phrase", "revoke_tokens": true,
        });
        house.chief.post("/unicom/auth/password/", body).await.ok();
        house.is_refused(held, LOG_IN, NO_TOKEN).await;
    }

    async fn late_bodies_are_rejected_after_a_logout_and_a_revocation(db: &TestDatabase) {
        let house = House::of(db).await;
        let held = house.begin().await;
        house.chief.post("/unicom/auth/logout/", json!({})).await.ok();
        let id = house.token_id;
        let revoked = house.app.database().write(move |tx| tokens::revoke(tx, id));
        assert!(revoked.await.unwrap());
        house.is_refused(held, LOG_IN, NO_TOKEN).await;
    }

    async fn late_bodies_are_rejected_after_a_block(db: &TestDatabase) {
        let house = House::of(db).await;
        let held = house.begin().await;
        house.app.block(&house.chief.account_id().await).await;
        let blocked = (403, "account_blocked");
        house.is_refused(held, blocked, blocked).await;
    }
}
