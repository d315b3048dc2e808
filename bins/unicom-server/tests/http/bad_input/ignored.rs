//! Tests of fields that only the server sets: values from a client have no effect.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::NOTHING;
use crate::app::{PASSWORD, TestApp};
use crate::both;

both! {
    async fn server_controlled_message_fields_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let bob = app.user("bob").await;
        bob.say("hi").await;
        let sent = alice.send(json!({
            "text": "hi", "id": NOTHING, "is_outgoing": true, "direction": "outgoing",
            "sender": "bot", "sender_id": bob.account_id().await, "sender_name": "Support",
            "user_id": "2", "account_id": bob.account_id().await, "platform": "Telegram",
            "timestamp": "2000-01-01T00:00:00.000000Z", "html": "<b>hi</b>", "media_type": "html",
            "media_url": "/x", "interactive_buttons": [1], "raw": { "a": 1 }, "status": "COMPLETED",
        })).await.ok();
        let message = &sent["message"];
        assert_ne!(message["id"], NOTHING);
        assert_eq!(message["is_outgoing"], false);
        assert_eq!(message["sender_name"], "alice");
        assert_eq!(message["media_type"], "text");
        assert!(!message["timestamp"].as_str().unwrap().starts_with("2000"));
        for null in ["html", "media_url", "interactive_buttons"] {
            assert!(message[null].is_null(), "{null}");
        }
        assert_eq!(sent["chat_id"], *alice.account_id().await);
        assert_eq!(bob.texts().await, ["hi"]);
        let query = "SELECT count(*) AS number FROM unicom_messages \
            WHERE user_id = '1' AND direction = 'incoming' AND sender_id = 'webchat_user_1'";
        assert_eq!(app.number(query).await, 1);
    }

    async fn server_controlled_user_fields_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        let body = json!({
            "username": "eve", "password": PASSWORD, "email": "alice@example.com", "id": 1,
            "is_staff": true, "email_verified": true, "is_active": false,
        });
        let eve = app.guest().await;
        eve.post("/unicom/auth/register/", body).await.ok();
        let query = "SELECT count(*) AS number FROM unicom_users \
            WHERE id = 2 AND NOT is_staff AND NOT email_verified AND is_active";
        assert_eq!(app.number(query).await, 1);
    }

    async fn server_controlled_chat_fields_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let path = format!("/unicom/webchat/chat/{}/", guest.account_id().await);
        let before = guest.chats("").await;
        let change = json!({
            "id": "mine", "platform": "Telegram", "channel_id": 9, "is_private": false,
            "unread_count": 9, "created_at": "2000-01-01T00:00:00Z", "last_message": null,
        });
        let mut after = guest.patch(&path, change).await.ok();
        // The request itself is a change.
        let number = before[0]["change"].as_i64().unwrap();
        assert_eq!(after["chat"]["change"], number + 1);
        after["chat"]["change"] = number.into();
        assert_eq!(vec![after["chat"].clone()], before);
    }
}
