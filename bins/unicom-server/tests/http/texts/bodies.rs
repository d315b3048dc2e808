//! Tests of JSON as other programs write it: halves of characters, byte order marks, empty ids.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::{CHATS, SEND};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::response::Response;

async fn post_raw(client: &Client, path: &str, body: &str) -> Response {
    let request = client.request(Method::POST, path);
    request
        .body("application/json", body.to_owned())
        .send()
        .await
}

both! {
    async fn half_a_character_becomes_a_replacement(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (text, stored) in [
            (r"cut \ud83d", "cut \u{fffd}"),
            (r"\uDE00 cut", "\u{fffd} cut"),
            (r"a\ud83d\ud83d\ude00", "a\u{fffd}😀"),
            (r"\\ud83d", "\\ud83d"),
            (r"\ud83d\ude00", "😀"),
        ] {
            let sent = post_raw(&guest, SEND, &format!(r#"{{"text": "{text}"}}"#)).await.ok();
            assert_eq!(sent["message"]["text"], stored, "{text}");
        }
        let body = r#"{"name": "a\ud83d", "metadata": {"k\udc00": ["\ud800", {"b": "\udfff"}]}}"#;
        let chat = post_raw(&guest, CHATS, body).await.ok()["chat"].clone();
        assert_eq!(chat["name"], "a\u{fffd}");
        let kept = json!({ "k\u{fffd}": ["\u{fffd}", { "b": "\u{fffd}" }] });
        assert_eq!(chat["metadata"], kept);
        // Two names that become the same are as ambiguous as any.
        let twice = post_raw(&guest, CHATS, r#"{"metadata": {"\ud800": 1, "\ud801": 2}}"#).await;
        twice.is(400, "invalid_json");
    }

    async fn byte_order_mark_at_the_beginning_is_skipped(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let sent = post_raw(&guest, SEND, "\u{feff}{\"text\": \"x\"}").await.ok();
        assert_eq!(sent["message"]["text"], "x");
        let form = "text=y&metadata=%EF%BB%BF%7B%22a%22%3A1%7D";
        let request = guest.request(Method::POST, SEND);
        request.body("application/x-www-form-urlencoded", form).send().await.ok();
        for wrong in ["{\u{feff}\"text\": \"x\"}", "\u{feff}\u{feff}{}", "{}\u{feff}"] {
            post_raw(&guest, SEND, wrong).await.is(400, "invalid_json");
        }
    }

    async fn empty_ids_count_as_missing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("first").await;
        let empty = json!({
            "text": "hi", "chat_id": "", "channel_id": "", "client_message_id": "", "reply_to_message_id": "",
        });
        let sent = guest.send(empty.clone()).await.ok();
        assert_eq!(sent["chat_id"], guest.account_id().await);
        assert_eq!(sent["message"]["reply_to_message_id"], Value::Null);
        // Nor is the empty id one by which the second message repeats the first.
        guest.send(empty).await.ok();
        assert_eq!(guest.texts().await, ["first", "hi", "hi"]);
        guest.post(CHATS, json!({ "name": "n", "channel_id": "" })).await.ok();
        for (field, value) in [("chat_id", json!(7)), ("client_message_id", json!([])), ("channel_id", json!("x"))] {
            let wrong = guest.send(json!({ "text": "hi", field: value })).await;
            wrong.is(400, "invalid_body").names(&format!("`{field}`"));
        }
    }
}
