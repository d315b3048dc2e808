//! Tests of what live connections tell about the list of chats, and about unread messages.

use serde_json::{Value, json};
use unicom_core::OutgoingMessage;
use unicom_db::DbError;
use unicom_db::queries::{channels, chats};
use unicom_testing::TestDatabase;
use unicom_webchat::send_webchat_message;

use super::socket::Socket;
use super::stream::EventStream;
use crate::app::TestApp;
use crate::both;

/// Sends a message to a visitor's chat, as a person or a program does.
pub async fn send_to(app: &TestApp, chat_id: &str, text: &str) -> String {
    let (channel_id, chat_id) = (app.channel_id(), chat_id.into());
    let outgoing = OutgoingMessage::text(text);
    let sent = app.database().write(move |tx| {
        let channel = channels::get(tx, channel_id)?.unwrap();
        send_webchat_message(tx, &channel, &chat_id, outgoing)
    });
    sent.await.unwrap().id.to_string()
}

/// Returns the chat of two frames, of which the other tells the total of unread messages. The total
/// may be counted for an earlier change, and then comes first.
fn chat_beside_total(mut told: [Value; 2], unread_total: u64) -> Value {
    told.sort_by_key(|frame| frame["type"] == "unread");
    let [chat, unread] = told;
    assert_eq!(
        unread,
        json!({ "type": "unread", "unread_total": unread_total })
    );
    chat["chat"].clone()
}

fn names(hello: &Value) -> Vec<&str> {
    let chats = hello["chats"].as_array().unwrap().iter();
    chats.map(|chat| chat["name"].as_str().unwrap()).collect()
}

both! {
    async fn list_of_chats_is_told_and_kept_up_to_date(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let main = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let (mut socket, hello) = Socket::open(&ann).await;
        assert_eq!(names(&hello), ["Hello"]);
        assert_eq!((&hello["unread_total"], &hello["has_more"]), (&json!(0), &json!(false)));
        assert!(hello["heartbeat_s"].is_u64());
        let mut stream = EventStream::open(&ann, "", None).await;
        assert_eq!(stream.next().await.unwrap(), hello);
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
        ] {
            assert_eq!(stream.headers[name], value);
        }

        // A new chat, from another tab.
        let created = ann.post("/unicom/webchat/chats/", json!({ "name": "Orders" })).await.ok();
        for told in [socket.next().await, stream.next().await.unwrap()] {
            assert_eq!((&told["type"], &told["chat"]), (&json!("chat"), &created["chat"]));
        }
        // A reply, which is unread.
        send_to(&app, &main, "Welcome").await;
        for told in [
            [socket.next().await, socket.next().await],
            [stream.next().await.unwrap(), stream.next().await.unwrap()],
        ] {
            let chat = chat_beside_total(told, 1);
            assert_eq!(chat["id"], main.as_str());
            assert_eq!(chat["last_message"]["text"], "Welcome");
            assert_eq!(chat["unread_count"], 1);
        }
        // Read, renamed, deleted.
        ann.post(&format!("/unicom/webchat/chat/{main}/read/"), json!({})).await.ok();
        for told in [
            [socket.next().await, socket.next().await],
            [stream.next().await.unwrap(), stream.next().await.unwrap()],
        ] {
            assert_eq!(chat_beside_total(told, 0)["unread_count"], 0);
        }
        ann.patch(&format!("/unicom/webchat/chat/{main}/"), json!({ "title": "Invoices" })).await.ok();
        for told in [socket.next().await, stream.next().await.unwrap()] {
            assert_eq!(told["chat"]["name"], "Invoices");
        }
        ann.delete(&format!("/unicom/webchat/chat/{main}/?hard_delete=true")).await.ok();
        for told in [socket.next().await, stream.next().await.unwrap()] {
            assert_eq!(told, json!({ "type": "chat_gone", "chat_id": main }));
        }
        socket.is_quiet().await;
    }

    async fn total_of_unread_messages_follows_a_deleted_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let main = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        send_to(&app, &main, "Welcome").await;
        let (mut socket, hello) = Socket::open(&ann).await;
        assert_eq!(hello["unread_total"], 1);
        ann.delete(&format!("/unicom/webchat/chat/{main}/?hard_delete=true")).await.ok();
        assert_eq!(socket.next().await["type"], "chat_gone");
        assert_eq!(socket.next().await, json!({ "type": "unread", "unread_total": 0 }));
        socket.is_quiet().await;
    }

    async fn only_subscribed_chats_tell_their_content(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let main = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let other = ann.post("/unicom/webchat/chats/", json!({ "name": "Orders" })).await.ok();
        let other = other["chat"]["id"].as_str().unwrap().to_owned();
        let (mut socket, _) = Socket::open(&ann).await;
        let now = socket.subscribe(&other, None).await;
        assert_eq!((&now["type"], &now["items"]), (&json!("changes"), &json!([])));

        ann.send(json!({ "text": "to main", "chat_id": main })).await.ok();
        assert_eq!(socket.next().await["chat"]["id"], main.as_str());
        ann.send(json!({ "text": "to orders", "chat_id": other })).await.ok();
        assert_eq!(socket.next().await["chat"]["id"], other.as_str());
        let told = socket.next().await;
        assert_eq!((&told["type"], &told["chat_id"]), (&json!("changes"), &json!(other)));
        assert_eq!(told["items"][0]["message"]["text"], "to orders");

        socket.say(json!({ "type": "unsubscribe", "chats": [other] })).await;
        socket.is_quiet().await;
        ann.send(json!({ "text": "again", "chat_id": other })).await.ok();
        assert_eq!(socket.next().await["type"], "chat");
        socket.is_quiet().await;
    }

    async fn total_of_unread_messages_has_a_tag(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let path = "/unicom/webchat/unread/";
        assert_eq!(app.guest().await.get(path).await.ok()["unread_total"], 0);
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let none = ann.get(path).await;
        assert_eq!(none.json, json!({ "success": true, "unread_total": 0 }));
        for _ in 0..2 {
            send_to(&app, &chat_id, "Welcome").await;
        }
        let two = ann.get(path).await;
        assert_eq!(two.json["unread_total"], 2);
        assert_ne!(two.header("etag"), none.header("etag"));
        let again = ann.request(reqwest::Method::GET, path).header("if-none-match", two.header("etag"));
        assert_eq!(again.send().await.status, 304);
    }

    async fn participants_of_a_replaced_chat_are_told_of_the_other(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let kept = ann.say("as a user").await["chat_id"].clone();
        let guest = app.guest_who_wrote("as a guest").await;
        let replaced = guest.account_id().await;
        let bob = app.user("bob").await;
        bob.say("elsewhere").await;
        let (account, chat) = (bob.account_id().await, replaced.clone());
        let joined = app.database().write(move |tx| -> Result<_, DbError> {
            chats::join(tx, &account.into(), &chat.into())
        });
        joined.await.unwrap();
        let (mut socket, hello) = Socket::open(&bob).await;
        assert_eq!(hello["chats"].as_array().unwrap().len(), 2);
        guest.log_in("ann").await;
        let mut told = [socket.next_of(&["chat", "chat_gone"]).await, socket.next_of(&["chat", "chat_gone"]).await];
        told.sort_by_key(|frame| frame["type"] == "chat_gone");
        assert_eq!((&told[0]["chat"]["id"], &told[1]["chat_id"]), (&kept, &json!(replaced)));
    }
}
