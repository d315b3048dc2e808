//! Tests that what is told on each transport, applied to what a client has read, is what is stored.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::lists::send_to;
use super::mirror::Mirror;
use super::socket::Socket;
use super::stream::EventStream;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;

/// A client's way to be told.
enum Transport {
    Socket(Box<Socket>),
    Stream(Box<EventStream>),
    LongPoll,
}

impl Transport {
    /// Begins at the mirror's cursor.
    async fn all(client: &Client, mirrors: &mut [Mirror; 3]) -> [Self; 3] {
        let [by_socket, by_stream, _] = mirrors;
        let (mut socket, _) = Socket::open(client).await;
        let told = socket
            .subscribe(&by_socket.chat_id, Some(&by_socket.cursor))
            .await;
        by_socket.apply(client, &told).await;
        let query = format!("chat_id={}", by_stream.chat_id);
        let mut stream = EventStream::open(client, &query, Some(&by_stream.cursor)).await;
        let told = stream.next().await.unwrap();
        by_stream.apply(client, &told).await;
        [
            Self::Socket(Box::new(socket)),
            Self::Stream(Box::new(stream)),
            Self::LongPoll,
        ]
    }

    /// Waits for the next change.
    async fn next(&mut self, client: &Client, mirror: &Mirror) -> Value {
        match self {
            Self::Socket(socket) => socket.next_of(&["changes", "reset"]).await,
            Self::Stream(stream) => stream.next().await.unwrap(),
            Self::LongPoll => wait(client, &mirror.chat_id, &mirror.cursor).await,
        }
    }
}

/// Waits for changes after the cursor.
async fn wait(client: &Client, chat_id: &str, cursor: &str) -> Value {
    let path = format!("/unicom/webchat/events/?chat_id={chat_id}&cursor={cursor}&wait=25");
    client.get(&path).await.ok()
}

both! {
    async fn every_change_arrives_on_every_transport(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let mut mirrors = [
            Mirror::of(&ann, &chat_id).await,
            Mirror::of(&ann, &chat_id).await,
            Mirror::of(&ann, &chat_id).await,
        ];
        let mut transports = Transport::all(&ann, &mut mirrors).await;
        for text in ["two", "three"] {
            ann.say(text).await;
        }
        for (transport, mirror) in transports.iter_mut().zip(&mut mirrors) {
            while mirror.texts().len() < 6 {
                let told = transport.next(&ann, mirror).await;
                mirror.apply(&ann, &told).await;
            }
            mirror.is_right(&ann).await;
            assert_eq!(mirror.resets, 0);
            let mut texts = mirror.texts();
            texts.sort_unstable();
            let echoed = ["Echo: one", "Echo: three", "Echo: two", "one", "three", "two"];
            assert_eq!(texts, echoed);
        }
    }

    async fn statuses_change_on_every_transport(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let first = ann.say("one").await;
        let chat_id = first["chat_id"].as_str().unwrap().to_owned();
        ann.post(&format!("/unicom/webchat/chat/{chat_id}/read/"), json!({})).await.ok();
        let mut mirrors = [
            Mirror::of(&ann, &chat_id).await,
            Mirror::of(&ann, &chat_id).await,
            Mirror::of(&ann, &chat_id).await,
        ];
        let mut transports = Transport::all(&ann, &mut mirrors).await;
        for mirror in &mirrors {
            // A position from before the page was read is on it, and is the visitor's own.
            mirror.is_right(&ann).await;
            assert_eq!(mirror.statuses(), ["sent"]);
        }
        let answer = send_to(&app, &chat_id, "two").await;
        let (mut elsewhere, _) = Socket::open(&ann).await;
        for (kind, statuses) in [
            ("", ["seen", "sent"]),
            ("delivered", ["seen", "delivered"]),
            ("read", ["seen", "seen"]),
        ] {
            if !kind.is_empty() {
                elsewhere.say(json!({ "type": kind, "chat_id": chat_id, "message_id": answer })).await;
            }
            for (transport, mirror) in transports.iter_mut().zip(&mut mirrors) {
                while mirror.statuses() != statuses {
                    let told = transport.next(&ann, mirror).await;
                    mirror.apply(&ann, &told).await;
                }
                mirror.is_right(&ann).await;
            }
        }
    }

    async fn rewritten_chat_is_read_again_on_every_transport(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("as a user").await["chat_id"].as_str().unwrap().to_owned();
        let mut mirrors = [
            Mirror::of(&ann, &chat_id).await,
            Mirror::of(&ann, &chat_id).await,
            Mirror::of(&ann, &chat_id).await,
        ];
        let mut transports = Transport::all(&ann, &mut mirrors).await;
        let elsewhere = app.guest_who_wrote("as a guest").await;
        elsewhere.log_in("ann").await;
        for (transport, mirror) in transports.iter_mut().zip(&mut mirrors) {
            while mirror.texts().len() < 2 {
                let told = transport.next(&ann, mirror).await;
                mirror.apply(&ann, &told).await;
            }
            mirror.is_right(&ann).await;
            assert_eq!(mirror.resets, 1);
        }
    }

    async fn nothing_falls_between_a_page_and_a_connection(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let mut mirror = Mirror::of(&ann, &chat_id).await;
        // Written after the page was read and before the connection begins, and while it is cut.
        ann.say("two").await;
        let (mut socket, _) = Socket::open(&ann).await;
        let told = socket.subscribe(&chat_id, Some(&mirror.cursor)).await;
        mirror.apply(&ann, &told).await;
        assert_eq!(mirror.texts(), ["one", "two"]);
        drop(socket);
        ann.say("three").await;
        let query = format!("chat_id={chat_id}");
        let mut stream = EventStream::open(&ann, &query, Some(&mirror.cursor)).await;
        let told = stream.next().await.unwrap();
        mirror.apply(&ann, &told).await;
        assert_eq!(stream.last_id.as_deref(), Some(mirror.cursor.as_str()));
        drop(stream);
        ann.say("four").await;
        let told = wait(&ann, &chat_id, &mirror.cursor).await;
        mirror.apply(&ann, &told).await;
        assert_eq!(mirror.texts(), ["one", "two", "three", "four"]);
        mirror.is_right(&ann).await;
        // Too much to tell.
        for number in 0..=100 {
            ann.say(&number.to_string()).await;
        }
        let told = wait(&ann, &chat_id, &mirror.cursor).await;
        assert_eq!(told["reset"], true);
        mirror.apply(&ann, &told).await;
        mirror.is_right(&ann).await;
    }

    async fn cursor_of_a_deleted_chat_is_not_valid_for_another_with_its_id(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let mut mirror = Mirror::of(&ann, &chat_id).await;
        ann.delete(&format!("/unicom/webchat/chat/{chat_id}/?hard_delete=true")).await.ok();
        for text in ["two", "three"] {
            assert_eq!(ann.say(text).await["chat_id"], chat_id.as_str());
        }
        let told = wait(&ann, &chat_id, &mirror.cursor).await;
        assert_eq!(told["reset"], true);
        mirror.apply(&ann, &told).await;
        assert_eq!(mirror.texts(), ["two", "three"]);
    }

    async fn request_without_a_wait_returns_at_once(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let now = ann.get(&format!("/unicom/webchat/events/?chat_id={chat_id}")).await.ok();
        assert_eq!(now["items"], json!([]));
        assert_eq!(now["reset"], false);
        let cursor = now["cursor"].as_str().unwrap();
        ann.say("two").await;
        let told = ann.get(&format!("/unicom/webchat/events/?chat_id={chat_id}&cursor={cursor}")).await.ok();
        assert_eq!(told["items"][0]["message"]["text"], "two");
        assert_eq!(told["items"].as_array().unwrap().len(), 1);
    }
}
