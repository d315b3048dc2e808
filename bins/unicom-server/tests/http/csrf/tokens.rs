//! Tests of the CSRF token in the cookie and in the header.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{REFUSED, send, writes};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

/// Writes to the default chat. Returns the chat's id.
async fn chat_of(client: &Client) -> String {
    let said = client.say("hi").await;
    said["chat_id"].as_str().unwrap().to_owned()
}

both! {
    async fn writes_without_a_token_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let guest = app.guest_who_wrote("hi").await;
        let (hers, theirs) = (chat_of(&alice).await, chat_of(&guest).await);
        let stranger = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (client, chat) in [(&alice, &hers), (&guest, &theirs), (&stranger, &theirs)] {
            for request in writes(client, chat) {
                watch
                    .refused("no token", request.csrf(None), REFUSED)
                    .await
                    .names("X-CSRFToken");
            }
            for request in writes(client, chat) {
                watch
                    .refused("an empty token", request.csrf(Some("")), REFUSED)
                    .await;
            }
        }
    }

    async fn tokens_of_other_sessions_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let others = [
            app.guest().await,
            app.guest_who_wrote("hi").await,
            app.user("bob").await,
        ];
        let own = guest.cookie("csrftoken").unwrap();
        let watch = NoSideEffects::of(&app).await;
        let flipped = if own.ends_with('0') { "1" } else { "0" };
        let forged = format!("{}{flipped}", &own[..own.len() - 1]);
        for wrong in [
            "x",
            &own[1..],
            &own.to_uppercase(),
            &forged,
            &format!("{own} {own}"),
            &"a".repeat(5000),
        ] {
            watch
                .refused("a wrong header", send(&guest).csrf(Some(wrong)), REFUSED)
                .await;
            // An attacker who can set cookies makes both equal.
            guest.set_cookie("csrftoken", wrong);
            watch
                .refused("a wrong pair", send(&guest).csrf(Some(wrong)), REFUSED)
                .await;
            guest.set_cookie("csrftoken", &own);
        }
        for other in &others {
            let foreign = other.cookie("csrftoken").unwrap();
            watch
                .refused(
                    "a foreign header",
                    send(&guest).csrf(Some(&foreign)),
                    REFUSED,
                )
                .await;
            guest.set_cookie("csrftoken", &foreign);
            watch
                .refused("a foreign pair", send(&guest).csrf(Some(&foreign)), REFUSED)
                .await;
            guest.set_cookie("csrftoken", &own);
        }
        guest.forget_cookie("csrftoken");
        watch
            .refused("no cookie", send(&guest).csrf(Some(&own)), REFUSED)
            .await;
        guest.set_cookie("csrftoken", &own);
        send(&guest).send().await.ok();
    }

    async fn login_and_logout_invalidate_the_token(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let before_login = guest.cookie("csrftoken").unwrap();
        guest.register("alice").await;
        let before_logout = guest.cookie("csrftoken").unwrap();
        assert_ne!(before_login, before_logout);
        let stale = |client: &Client, token: &str| {
            client.set_cookie("csrftoken", token);
        };
        let watch = NoSideEffects::of(&app).await;
        stale(&guest, &before_login);
        watch
            .refused("the token from before the login", send(&guest), REFUSED)
            .await;
        stale(&guest, &before_logout);
        guest.log_out().await;
        let after_logout = guest.cookie("csrftoken").unwrap();
        assert!(![&before_login, &before_logout].contains(&&after_logout));
        guest.log_in("alice").await;
        let watch = NoSideEffects::of(&app).await;
        for token in [&before_login, &before_logout, &after_logout] {
            stale(&guest, token);
            watch
                .refused("a token of an earlier session", send(&guest), REFUSED)
                .await;
        }
    }

    async fn cross_site_forms_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let token = guest.cookie("csrftoken").unwrap();
        let (kind, multipart) = Form::default()
            .text("text", "hi")
            .text("csrfmiddlewaretoken", &token)
            .finish();
        let watch = NoSideEffects::of(&app).await;
        for (kind, body) in [
            ("text/plain", br#"{"text":"hi"}"#.to_vec()),
            (
                "application/x-www-form-urlencoded",
                format!("text=hi&csrfmiddlewaretoken={token}").into_bytes(),
            ),
            (&kind, multipart),
            ("application/json", br#"{"text":"hi"}"#.to_vec()),
            ("text/html", br#"{"text":"hi"}"#.to_vec()),
            ("", br#"{"text":"hi"}"#.to_vec()),
        ] {
            let request = guest
                .request(Method::POST, "/unicom/webchat/send/")
                .body(kind, body)
                .csrf(None);
            watch.refused(kind, request, REFUSED).await;
        }
        let path = format!("/unicom/webchat/send/?csrftoken={token}&csrfmiddlewaretoken={token}");
        let request = guest
            .request(Method::POST, &path)
            .json(&json!({ "text": "hi" }))
            .csrf(None);
        watch.refused("in the query", request, REFUSED).await;
    }

    async fn every_get_sets_the_cookie(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for path in [
            "/unicom/auth/session/",
            "/unicom/webchat/messages/",
            "/unicom/webchat/chats",
            "/unicom/webchat/chats/?limit=0",
        ] {
            let client = Client::new(app.base());
            let answer = client.get(path).await;
            let cookie = answer
                .set_cookie("csrftoken")
                .unwrap_or_else(|| panic!("{path}"))
                .to_owned();
            assert!(
                !cookie.contains("HttpOnly")
                    && cookie.contains("SameSite=Lax")
                    && cookie.contains("Path=/"),
                "{cookie}"
            );
            assert!(client.cookie("sessionid").is_none());
            // It is valid immediately, and it is not sent again.
            assert!(client.get(path).await.set_cookie("csrftoken").is_none());
            assert_eq!(
                client.session().await["csrf_token"],
                *client.cookie("csrftoken").unwrap()
            );
            client.say("hi").await;
        }
    }

    /// Programs cut a cookie's value at the first `=`.
    async fn token_has_no_equals_sign(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for _ in 0..20 {
            let token = app.guest().await.csrf_token().unwrap();
            assert!(!token.contains('='), "{token}");
        }
    }
}
