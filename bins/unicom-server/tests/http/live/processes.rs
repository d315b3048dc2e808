//! Tests of live connections to a process on which another process has written.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::mirror::Mirror;
use super::socket::Socket;
use crate::both;
use crate::two_processes::{at, two};

both! {
    async fn writes_of_one_process_are_told_by_another(db: &TestDatabase) {
        if db.engine() == unicom_db::Engine::Sqlite {
            // A database file has one server.
            return;
        }
        let [first, second] = two(db).await;
        let ann = first.user("ann").await;
        let chat_id = ann.say("one").await["chat_id"].as_str().unwrap().to_owned();
        let there = at(&second, &ann);
        let mut mirror = Mirror::of(&there, &chat_id).await;
        let (mut socket, _) = Socket::open(&there).await;
        let told = socket.subscribe(&chat_id, Some(&mirror.cursor)).await;
        mirror.apply(&there, &told).await;
        for text in ["two", "three"] {
            ann.say(text).await;
            while !mirror.texts().contains(&text) {
                let told = socket.next_of(&["changes", "reset"]).await;
                mirror.apply(&there, &told).await;
            }
        }
        mirror.is_right(&there).await;
        assert_eq!(mirror.resets, 0);
        // A new chat, and the end of the session.
        let created = ann.post("/unicom/webchat/chats/", json!({ "name": "Orders" })).await.ok();
        loop {
            let told = socket.next_of(&["chat"]).await;
            if told["chat"]["id"] == created["chat"]["id"] {
                break;
            }
        }
        ann.log_out().await;
        assert_eq!(socket.close_code().await, 4401);
    }
}
