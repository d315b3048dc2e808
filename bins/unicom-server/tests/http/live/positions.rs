//! Tests of how far a visitor has received and read a chat.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::lists::send_to;
use super::socket::Socket;
use crate::app::TestApp;
use crate::both;

/// Returns the participant in the next `changes`.
async fn participant(socket: &mut Socket) -> Value {
    let told = socket.next_of(&["changes"]).await;
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    told["items"][0].clone()
}

both! {
    async fn read_position_counts_what_is_unread_and_never_goes_back(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        for text in ["one", "two", "three"] {
            send_to(&app, &chat_id, text).await;
        }
        let page = ann.messages("order=asc").await;
        let message = |number: usize| &page["messages"][number];
        let (mut socket, hello) = Socket::open(&ann).await;
        assert_eq!(hello["unread_total"], 3);
        socket.subscribe(&chat_id, None).await;

        socket.say(json!({ "type": "delivered", "chat_id": chat_id, "message_id": message(3)["id"] })).await;
        let delivered = json!({ "kind": "participant", "is_self": true, "name": "ann",
            "delivered_up_to": message(3)["timestamp"], "read_up_to": null });
        assert_eq!(participant(&mut socket).await, delivered);
        socket.say(json!({ "type": "read", "chat_id": chat_id, "message_id": message(2)["id"] })).await;
        let read = json!({ "kind": "participant", "is_self": true, "name": "ann",
            "delivered_up_to": message(3)["timestamp"], "read_up_to": message(2)["timestamp"] });
        assert_eq!(participant(&mut socket).await, read);
        assert_eq!(socket.next().await, json!({ "type": "unread", "unread_total": 1 }));
        assert_eq!(ann.chats("").await[0]["unread_count"], 1);
        // Earlier, and the same again.
        for number in [1, 2] {
            socket.say(json!({ "type": "read", "chat_id": chat_id, "message_id": message(number)["id"] })).await;
            socket.is_quiet().await;
        }
        assert_eq!(ann.chats("").await[0]["unread_count"], 1);
        // By another tab.
        ann.post(&format!("/unicom/webchat/chat/{chat_id}/read/"), json!({})).await.ok();
        assert_eq!(participant(&mut socket).await["read_up_to"], message(3)["timestamp"]);
        assert_eq!(ann.get("/unicom/webchat/unread/").await.json["unread_total"], 0);
    }

    async fn positions_in_chats_of_others_are_refused(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let of_ann = ann.say("Hello").await;
        let bob = app.user("bob").await;
        let of_bob = bob.say("Hi").await;
        let (mut socket, _) = Socket::open(&bob).await;
        for (chat, message, code) in [
            (&of_ann["chat_id"], &of_ann["id"], "chat_not_found"),
            (&of_bob["chat_id"], &of_ann["id"], "not_found"),
            (&json!("nowhere"), &of_bob["id"], "chat_not_found"),
            (&of_bob["chat_id"], &json!("x"), "invalid_body"),
        ] {
            for kind in ["read", "delivered"] {
                socket.say(json!({ "type": kind, "chat_id": chat, "message_id": message })).await;
                assert_eq!(socket.next().await["code"], code, "{chat} {message}");
            }
        }
    }
}
