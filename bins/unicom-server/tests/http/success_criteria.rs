//! Tests of the seven success criteria of phase 1, one each.

use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::{Client, texts};

use crate::sample_images::PNG;

/// Waits until the default chat has this many messages. Returns their texts, oldest first.
async fn texts_when(client: &Client, count: usize) -> Vec<String> {
    TestApp::wait_for("the bot's answers", async || {
        let texts = client.texts().await;
        (texts.len() >= count).then_some(texts)
    })
    .await
}

both! {
    async fn guest_sends_a_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let answer = guest.send(json!({ "text": "  Hello!  " })).await;
        assert_eq!(answer.status, 200);
        let body = answer.ok();
        let account = guest.account_id().await;
        assert!(account.starts_with("webchat_guest_"));
        assert_eq!(body["chat_id"], *account);
        let message = &body["message"];
        assert_eq!(message["text"], "Hello!");
        assert_eq!(message["chat_id"], *account);
        assert_eq!(message["is_outgoing"], false);
        assert_eq!(message["media_type"], "text");
        for null in [
            "html",
            "media_url",
            "reply_to_message_id",
            "client_message_id",
            "interactive_buttons",
        ] {
            assert!(message[null].is_null(), "{null}");
        }
        let time = message["timestamp"].as_str().unwrap();
        assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
        for table in [
            "unicom_accounts",
            "unicom_chats",
            "unicom_account_chats",
            "unicom_messages",
            "unicom_requests",
            "unicom_sessions",
        ] {
            assert_eq!(app.count(table).await, 1, "{table}");
        }
    }

    async fn message_is_listed(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let message = guest.say("Hello!").await;
        let page = guest.messages("").await;
        assert_eq!(page["chat_id"], message["chat_id"]);
        assert_eq!(page["messages"], json!([message]));
        assert_eq!(page["has_more"], false);
        assert!(page["next_cursor"].is_null());
    }

    async fn message_becomes_a_request_processed_by_a_bot(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        guest.say("Hello!").await;
        TestApp::wait_for("a completed request", async || {
            let query = "SELECT count(*) AS number FROM unicom_requests WHERE status = 'COMPLETED' \
                AND identifying_at IS NOT NULL AND queued_at IS NOT NULL AND processing_at IS NOT NULL";
            (app.number(query).await == 1).then_some(())
        }).await;
        assert_eq!(app.count("unicom_requests").await, 1);
    }

    async fn reply_of_the_bot_is_listed(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let message = guest.say("Hello!").await;
        assert_eq!(texts_when(&guest, 2).await, ["Hello!", "Echo: Hello!"]);
        let page = guest.messages("").await;
        let reply = &page["messages"][0];
        assert_eq!(reply["is_outgoing"], true);
        assert_eq!(reply["reply_to_message_id"], message["id"]);
        assert_eq!(guest.chats("").await[0]["unread_count"], 1);
    }

    async fn registration_keeps_the_history(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        guest.say("one").await;
        texts_when(&guest, 2).await;
        let picture = guest.send_file("cat.png", PNG).await.ok();
        texts_when(&guest, 4).await;
        let before = guest.texts().await;
        let unread = guest.chats("").await[0]["unread_count"].clone();
        guest.register("alice").await;
        assert_eq!(guest.texts().await, before);
        let chats = guest.chats("").await;
        assert_eq!(chats.len(), 1);
        assert_eq!(chats[0]["id"], *guest.account_id().await);
        assert_eq!(chats[0]["unread_count"], unread);
        assert_eq!(unread, 1);
        let url = picture["message"]["media_url"].as_str().unwrap();
        assert_eq!(guest.get(url).await.body, PNG);
        assert_eq!(guest.say("two").await["chat_id"], *guest.account_id().await);
    }

    async fn login_merges_the_history(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let alice = app.user("alice").await;
        alice.say("from before").await;
        texts_when(&alice, 2).await;
        alice.log_out().await;

        let guest = app.guest().await;
        guest.say("as a guest").await;
        texts_when(&guest, 2).await;
        let other = guest
            .post("/unicom/webchat/chats/", json!({ "name": "Order" }))
            .await
            .ok();
        let other = other["chat"]["id"].as_str().unwrap();
        guest
            .send(json!({ "text": "where?", "chat_id": other }))
            .await
            .ok();
        guest.log_in("alice").await;
        let expected = [
            "from before",
            "Echo: from before",
            "as a guest",
            "Echo: as a guest",
        ];
        assert_eq!(guest.texts().await, expected);
        let order = guest.messages(&format!("chat_id={other}&order=asc")).await;
        assert_eq!(texts(&order)[0], "where?");
        assert_eq!(app.count("unicom_accounts").await, 1);
        assert_eq!(app.count("unicom_members").await, 1);
    }

    async fn history_persists_across_sessions(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let alice = app.user("alice").await;
        alice.say("Hello!").await;
        let before = texts_when(&alice, 2).await;
        alice.log_out().await;
        assert!(alice.texts().await.is_empty());
        alice.log_in("alice").await;
        assert_eq!(alice.texts().await, before);
        let phone = app.guest().await;
        phone.log_in("alice").await;
        assert_eq!(phone.texts().await, before);
        phone.say("from my phone").await;
        assert_eq!(texts_when(&alice, 4).await[2], "from my phone");
    }

    async fn chats_of_others_are_not_accessible(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let said = alice.say("secret").await;
        let chat = said["chat_id"].as_str().unwrap();
        for other in [
            app.user("bob").await,
            app.guest_who_wrote("hi").await,
            app.guest().await,
        ] {
            let path = format!("/unicom/webchat/messages/?chat_id={chat}");
            other.get(&path).await.is(404, "chat_not_found");
            other
                .send(json!({ "text": "hi", "chat_id": chat }))
                .await
                .is(404, "chat_not_found");
            assert!(
                other
                    .chats("")
                    .await
                    .iter()
                    .all(|listed| listed["id"] != chat)
            );
            assert!(!other.texts().await.contains(&"secret".to_owned()));
        }
        assert_eq!(alice.texts().await, ["secret"]);
    }
}
