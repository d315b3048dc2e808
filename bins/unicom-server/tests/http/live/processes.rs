//! Tests of live connections to a process on which another process has written.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::mirror::Mirror;
use super::scripted_bot::ScriptedBot;
use super::socket::Socket;
use super::streams::stop;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::two_processes::{at, options, two, two_with};

/// Returns the next frame of a stream.
async fn piece(socket: &mut Socket) -> Value {
    socket.next_of(&["stream"]).await
}

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

    async fn reply_of_one_process_is_seen_and_stopped_at_another(db: &TestDatabase) {
        if db.engine() == unicom_db::Engine::Sqlite {
            // A database file has one server.
            return;
        }
        let mut bot = ScriptedBot::new();
        let bots = [bot.bots("first"), bot.bots("second")];
        let [first, mut second] = two_with(db, json!({ "bot": "echo" }), bots).await;
        let ann = first.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        // Each server may run the bot, and the reader is at the other one.
        let is_at_first = bot.asked().await == "second";
        let reader = |second: &TestApp| -> Client { at(if is_at_first { &first } else { second }, &ann) };
        let there = reader(&second);
        let (mut socket, _) = Socket::open(&there).await;
        socket.subscribe(&chat_id, None).await;
        bot.push("one ");
        let opened = piece(&mut socket).await;
        let id = &opened["stream_id"];
        assert_eq!((&opened["offset"], &opened["text"]), (&json!(0), &json!("one ")));
        bot.push("two ");
        let next = piece(&mut socket).await;
        assert_eq!((&next["offset"], &next["text"]), (&json!(4), &json!("two ")));
        // A piece that fits into no notification is read when it is stored.
        let long = "kůň\n".repeat(4_000);
        bot.push(&long);
        let next = piece(&mut socket).await;
        assert_eq!((&next["offset"], &next["text"]), (&json!(8), &json!(long)));
        bot.push("end");
        assert_eq!(piece(&mut socket).await["text"], "end");
        // A process that starts in the middle knows what is stored.
        let mut late_server = TestApp::with_options(db, options()).await;
        late_server.use_database(db.connect_with(unicom_db::DatabaseOptions::default()));
        late_server.crash();
        late_server.run(options(), crate::app::echo());
        let so_far = format!("one two {long}end");
        TestApp::wait_for("the stored text", async || {
            let rows = first.rows().await;
            rows["unicom_streams"][0].contains("end").then_some(())
        })
        .await;
        let (mut late, _) = Socket::open(&at(&late_server, &ann)).await;
        late.subscribe(&chat_id, None).await;
        let opened = piece(&mut late).await;
        assert_eq!((&opened["offset"], &opened["text"]), (&json!(0), &json!(so_far)));

        stop(&there, id).await.ok();
        bot.is_stopped().await;
        for socket in [&mut socket, &mut late] {
            let changes = socket.next_of(&["changes"]).await;
            assert_eq!(changes["items"][0]["message"]["id"], *id);
            assert_eq!(changes["items"][0]["message"]["text"], so_far.as_str());
            let end = piece(socket).await;
            assert_eq!((&end["state"], &end["offset"]), (&json!("stopped"), &json!(so_far.encode_utf16().count())));
        }
        second.crash();
    }
}
