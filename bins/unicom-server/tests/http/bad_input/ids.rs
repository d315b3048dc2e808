//! Tests of ids in a body: of a message that is replied to, and of the client's message.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::{NOTHING, SEND, post};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn replies_to_foreign_and_missing_messages_are_indistinguishable(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, bob) = (app.user("alice").await, app.user("bob").await);
        let foreign = bob.say("hi").await;
        alice.say("hi").await;
        let other =
            alice.post("/unicom/webchat/chats/", json!({})).await.ok()["chat"]["id"].clone();
        let elsewhere = alice
            .send(json!({ "text": "hi", "chat_id": other }))
            .await
            .ok();
        let watch = NoSideEffects::of(&app).await;
        let mut bodies = Vec::new();
        for id in [
            &foreign["id"],
            &elsewhere["message"]["id"],
            &json!(NOTHING),
            &json!("x"),
        ] {
            let body = json!({ "text": "hi", "reply_to_message_id": id }).to_string();
            bodies.push(
                watch
                    .refused(&body, post(&alice, SEND, &body), (404, "not_found"))
                    .await
                    .body,
            );
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
        // A first message that is refused creates no account and no empty chat.
        let body = json!({ "text": "hi", "reply_to_message_id": foreign["id"] }).to_string();
        watch
            .refused(
                &body,
                post(&app.guest().await, SEND, &body),
                (404, "not_found"),
            )
            .await;
    }

    async fn client_ids_are_validated_in_the_field_and_in_the_header(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let long = "x".repeat(129);
        let field = json!({ "text": "hi", "client_message_id": long }).to_string();
        let refusal = (400, "invalid_body");
        watch
            .refused("long field", post(&guest, SEND, &field), refusal)
            .await
            .names("`client_message_id`");
        let body = r#"{"text":"hi","client_message_id":"a"}"#;
        for (header, body) in [
            (&*long, r#"{"text":"hi"}"#),
            ("", r#"{"text":"hi"}"#),
            ("b", body),
        ] {
            let request = post(&guest, SEND, body).header("idempotency-key", header);
            watch
                .refused("header", request, refusal)
                .await
                .names("`Idempotency-Key`");
        }
        // The longest id that is permitted, in any script.
        let sent = guest
            .send(json!({ "text": "hi", "client_message_id": "ü".repeat(128) }))
            .await
            .ok();
        assert_eq!(sent["message"]["client_message_id"], "ü".repeat(128));
    }
}
