//! Tests of the WebSocket for the web components of django-unicom.

use serde_json::{Value, json};
use unicom_core::buttons::{Button, Buttons};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::lists::send_to;
use super::socket::Socket;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::two_processes::{at, two};

fn path(chat_id: &str) -> String {
    format!("/ws/unicom/webchat/{chat_id}/?channel_id=1")
}

/// Connects as a component does. Returns the socket after its first frame.
async fn open(client: &Client, chat_id: &str) -> Socket {
    let mut socket = Socket::try_open_at(client, &path(chat_id), &[])
        .await
        .unwrap();
    let ready = json!({ "type": "ready", "chat_id": chat_id });
    assert_eq!(socket.next().await, ready);
    socket
}

/// Returns the next frame as its type and the text of its message.
async fn next(socket: &mut Socket) -> (String, String) {
    let frame = socket.next().await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&frame["type"]), text(&frame["message"]["text"]))
}

fn told(kind: &str, text: &str) -> (String, String) {
    (kind.to_owned(), text.to_owned())
}

/// Returns how the server ends a connection to this path.
async fn end_of(client: &Client, path: &str) -> u16 {
    let mut socket = Socket::try_open_at(client, path, &[]).await.unwrap();
    socket.close_code().await
}

both! {
    async fn component_is_told_the_newest_messages_and_what_follows(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let first = ann.say("one").await;
        let chat_id = first["chat_id"].as_str().unwrap().to_owned();
        send_to(&app, &chat_id, "two").await;
        let mut socket = open(&ann, &chat_id).await;
        let frame = socket.next().await;
        assert_eq!(frame["type"], "message_updated");
        assert_eq!(frame["chat_id"], chat_id.as_str());
        let page = ann.messages("order=asc").await;
        assert_eq!(frame["message"], page["messages"][0]);
        assert_eq!(next(&mut socket).await, told("message_updated", "two"));
        // The visitor's own messages, too.
        ann.say("three").await;
        assert_eq!(next(&mut socket).await, told("new_message", "three"));
        let edit = format!("/unicom/webchat/message/{}/", first["id"].as_str().unwrap());
        ann.patch(&edit, json!({ "text": "first" })).await.ok();
        assert_eq!(next(&mut socket).await, told("message_updated", "first"));
        socket.say(json!({ "action": "ping" })).await;
        // Three seconds after the last message, those that are there are repeated once.
        let mut repeated = Vec::new();
        let mut pongs = 0;
        while repeated.len() < 3 {
            let frame = socket.next().await;
            if frame == json!({ "type": "pong" }) {
                pongs += 1;
                continue;
            }
            assert_eq!(frame["type"], "message_updated");
            repeated.push(frame["message"]["text"].as_str().unwrap().to_owned());
        }
        assert_eq!((repeated, pongs), (["first", "two", "three"].map(str::to_owned).to_vec(), 1));
        // Messages of another chat are not told, nor what is no command.
        let other = ann.post("/unicom/webchat/chats/", json!({})).await.ok();
        let other = other["chat"]["id"].as_str().unwrap().to_owned();
        send_to(&app, &other, "elsewhere").await;
        socket.say(json!({ "action": "dance" })).await;
        socket.say(json!([1])).await;
        send_to(&app, &chat_id, "four").await;
        assert_eq!(next(&mut socket).await, told("new_message", "four"));
    }

    async fn clicks_are_told(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let buttons = Buttons(vec![vec![Button::value("Yes", "y")]]);
        let question = app.offer(&chat_id, buttons).await;
        let mut socket = open(&ann, &chat_id).await;
        for _ in 0..2 {
            assert_eq!(socket.next().await["type"], "message_updated");
        }
        let click = json!({ "callback_execution_id": format!("{question}.0.0") });
        ann.post("/unicom/webchat/button-click/", click).await.ok();
        assert_eq!(next(&mut socket).await, told("new_message", "Yes"));
    }

    async fn only_the_newest_messages_are_repeated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let mut asked = ann.say("0").await;
        let chat_id = asked["chat_id"].as_str().unwrap().to_owned();
        for number in 1..=60 {
            let reply = json!({ "text": number.to_string(), "reply_to_message_id": asked["id"] });
            asked = ann.send(reply).await.ok()["message"].clone();
        }
        let mut socket = open(&ann, &chat_id).await;
        // The oldest of the fifty replies to a message that is not among them: the component has
        // shown it as the first of its page.
        for number in 12..=60 {
            assert_eq!(next(&mut socket).await, told("message_updated", &number.to_string()));
        }
    }

    async fn visitors_without_access_are_told_to_stay_away(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let of_ann = ann.say("secret").await["chat_id"].as_str().unwrap().to_owned();
        let bob = app.user("bob").await;
        let of_bob = bob.say("Hi").await["chat_id"].as_str().unwrap().to_owned();
        assert_eq!(end_of(&app.guest().await, &path(&of_ann)).await, 4401);
        for chat_id in [of_ann.as_str(), "nowhere"] {
            assert_eq!(end_of(&bob, &path(chat_id)).await, 4403);
        }
        assert_eq!(end_of(&bob, &format!("/ws/unicom/webchat/{of_bob}/?channel_id=x")).await, 4400);
        let foreign = [("origin", "https://evil.example")];
        let refused = Socket::try_open_at(&bob, &path(&of_bob), &foreign).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (403, &json!("csrf_failed")));
        let own = bob.base().to_owned();
        let mut socket = Socket::try_open_at(&bob, &path(&of_bob), &[("origin", &own)]).await.unwrap();
        assert_eq!(socket.next().await["type"], "ready");
        // A chat that is deleted.
        bob.delete(&format!("/unicom/webchat/chat/{of_bob}/?hard_delete=true")).await.ok();
        assert_eq!(socket.close_code().await, 4403);
    }

    async fn components_end_with_the_session_and_with_a_block(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let elsewhere = app.guest().await;
        elsewhere.log_in("ann").await;
        let mut socket = open(&ann, &chat_id).await;
        let mut other = open(&elsewhere, &chat_id).await;
        ann.log_out().await;
        assert_eq!(socket.close_code().await, 4401);
        app.block(&elsewhere.account_id().await).await;
        assert_eq!(other.close_code().await, 4403);
        assert_eq!(end_of(&elsewhere, &path(&chat_id)).await, 4403);
    }

    async fn components_end_with_the_session_in_another_process(db: &TestDatabase) {
        if db.engine() == unicom_db::Engine::Sqlite {
            // A database file has one server.
            return;
        }
        let [first, second] = two(db).await;
        let ann = first.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let there = at(&second, &ann);
        let mut socket = open(&there, &chat_id).await;
        assert_eq!(next(&mut socket).await, told("message_updated", "one"));
        ann.say("two").await;
        assert_eq!(next(&mut socket).await, told("new_message", "two"));
        ann.log_out().await;
        assert_eq!(socket.close_code().await, 4401);
    }

    async fn components_count_as_live_connections(db: &TestDatabase) {
        let limited = Options { live_at_once: Some(1), ..Options::default() };
        let app = TestApp::with_options(db, limited).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let (_first, _) = Socket::open(&ann).await;
        // Without a close frame, the component tries again.
        let refused = Socket::try_open_at(&ann, &path(&chat_id), &[]).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (503, &json!("busy")));
    }
}
