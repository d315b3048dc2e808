//! Tests of deletions of messages.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::{changes, edit, path};
use crate::app::TestApp;
use crate::both;
use crate::sample_images::PNG;

both! {
    async fn deleted_message_is_gone(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let first = guest.say("first").await;
        let second = guest.say("second").await;
        edit(&guest, &second, "2nd").await.ok();
        let reply = json!({ "text": "third", "reply_to_message_id": second["id"] });
        let mut reply = guest.send(reply).await.ok()["message"].clone();
        let cursor = guest.messages("").await["cursor"].clone();

        assert_eq!(guest.delete(&path(&second)).await.ok(), json!({ "success": true }));
        guest.delete(&path(&second)).await.is(404, "not_found");
        edit(&guest, &second, "back").await.is(404, "not_found");
        assert_eq!(guest.texts().await, ["first", "third"]);
        assert_eq!(app.count("unicom_requests").await, 2);
        assert_eq!(app.count("unicom_message_edits").await, 0);

        // Replies stay, and readers learn of both.
        reply["reply_to_message_id"] = json!(null);
        let (items, cursor) = changes(&guest, &cursor).await;
        assert_eq!(items, json!([
            { "kind": "message", "message": reply },
            { "kind": "message_deleted", "id": second["id"] },
        ]));
        guest.delete(&path(&reply)).await.ok();
        assert_eq!(guest.chats("").await[0]["last_message"]["id"], first["id"]);
        let (items, _) = changes(&guest, &cursor).await;
        assert_eq!(items, json!([{ "kind": "message_deleted", "id": reply["id"] }]));
        guest.delete(&path(&first)).await.ok();
        assert_eq!(guest.chats("").await[0]["last_message"], json!(null));
        guest.say("fourth").await;
        assert_eq!(guest.texts().await, ["fourth"]);
    }

    async fn file_is_deleted_with_its_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let sent = guest.send_file("a.png", PNG).await.ok()["message"].clone();
        let url = sent["media_url"].as_str().unwrap();
        assert_eq!(app.files().len(), 1);
        guest.delete(&path(&sent)).await.ok();
        assert!(app.files().is_empty());
        guest.get(url).await.is(404, "not_found");
    }

    async fn deleted_messages_are_not_unread_for_others(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest_who_wrote("one").await;
        app.settled().await;
        assert_eq!(guest.chats("").await[0]["unread_count"], 1);
        // The bot's answer is still unread.
        let said = guest.messages("order=asc").await["messages"][0].clone();
        guest.delete(&path(&said)).await.ok();
        assert_eq!(guest.chats("").await[0]["unread_count"], 1);
        assert_eq!(guest.texts().await, ["Echo: one"]);
    }
}
