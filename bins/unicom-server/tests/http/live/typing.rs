//! Tests of who is seen writing in a chat.

use std::time::Duration;

use serde_json::json;
use unicom_core::Bots;
use unicom_core::bots::{BotContext, Outcome};
use unicom_testing::TestDatabase;

use super::socket::Socket;
use super::stream::EventStream;
use crate::app::{Setup, TestApp};
use crate::both;

both! {
    async fn bot_is_seen_writing_while_it_works(db: &TestDatabase) {
        let slow = Bots::default().with("echo", |_: BotContext| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(Outcome::text("done"))
        });
        let setup = Setup { channel: json!({ "bot": "echo", "bot_name": "Robin" }), bots: slow, ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let ann = app.user("ann").await;
        let created = ann.post("/unicom/webchat/chats/", json!({ "name": "Orders" })).await.ok();
        let chat_id = created["chat"]["id"].as_str().unwrap().to_owned();
        let (mut socket, _) = Socket::open(&ann).await;
        socket.subscribe(&chat_id, None).await;
        let mut stream = EventStream::open(&ann, &format!("chat_id={chat_id}"), None).await;
        stream.next().await.unwrap();
        ann.send(json!({ "text": "Hello", "chat_id": chat_id })).await.ok();
        let author = json!({ "kind": "bot", "name": "Robin" });
        for is_typing in [true, false] {
            let shown = json!({ "type": "typing", "chat_id": chat_id, "author": author, "is_typing": is_typing });
            assert_eq!(socket.next_of(&["typing"]).await, shown);
            while stream.next().await.unwrap() != shown {}
        }
    }

    async fn visitor_is_seen_writing_by_the_others_in_the_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let bob = app.user("bob").await;
        bob.say("Hi").await;
        // Bob takes part in Ann's chat, as in a group of another platform.
        let (account, chat) = (bob.account_id().await.into(), chat_id.as_str().into());
        let joined = app.database().write(move |tx| unicom_db::queries::chats::join(tx, &account, &chat));
        joined.await.unwrap();
        let (mut of_ann, _) = Socket::open(&ann).await;
        let (mut of_bob, _) = Socket::open(&bob).await;
        of_bob.say(json!({ "type": "typing", "chat_id": chat_id, "is_typing": true })).await;
        assert_eq!(of_bob.next_of(&["error"]).await["code"], "chat_not_found");
        for socket in [&mut of_ann, &mut of_bob] {
            socket.subscribe(&chat_id, None).await;
        }
        of_bob.say(json!({ "type": "typing", "chat_id": chat_id, "is_typing": true })).await;
        let author = json!({ "kind": "visitor", "name": "bob" });
        let shown = json!({ "type": "typing", "chat_id": chat_id, "author": author, "is_typing": true });
        assert_eq!(of_ann.next_of(&["typing"]).await, shown);
        of_bob.is_quiet().await;
    }
}
