//! Tests of edits.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;
use unicom_core::bots::{BotContext, Outcome};
use unicom_core::{Bots, OutgoingMessage};
use unicom_testing::TestDatabase;

use super::{MINUTE, changes, edit, path, with_clock};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::sample_images::PNG;

/// Returns a bot that repeats what it is given, once `permits` has a permit for it.
fn waiting(permits: Arc<Semaphore>) -> Bots {
    Bots::default().with("echo", move |context: BotContext| {
        let permits = Arc::clone(&permits);
        async move {
            permits.acquire().await.unwrap().forget();
            Ok(Outcome::reply(OutgoingMessage::text(context.message.text)))
        }
    })
}

both! {
    async fn edit_replaces_the_text_and_keeps_the_old_one_for_admins(db: &TestDatabase) {
        let (app, clock) = with_clock(db, json!({})).await;
        let guest = app.guest().await;
        let said = guest.say("Hallo").await;
        assert_eq!(said["edited_at"], json!(null));
        let page = guest.messages("").await;
        assert_eq!(page["messages"][0]["edited_at"], json!(null));

        app.settled().await;
        clock.advance(MINUTE);
        let edited = edit(&guest, &said, "  Hello \n").await.ok()["message"].clone();
        let mut expected = said.clone();
        expected["text"] = json!("Hello");
        expected["edited_at"] = json!(clock.now().to_string());
        assert_eq!(edited, expected);
        assert_eq!(guest.messages("").await["messages"], json!([expected]));
        assert_eq!(guest.chats("").await[0]["last_message"]["text"], "Hello");

        let before = guest.messages("").await;
        clock.advance(MINUTE);
        assert_eq!(edit(&guest, &said, "Hello").await.ok()["message"], expected);
        assert_eq!(guest.messages("").await, before, "an edit to the same text");

        let first_edit = clock.now().minus(MINUTE).to_string();
        edit(&guest, &said, "Hello!").await.ok();
        let path = format!("/unicom/admin/chats/{}/messages/", guest.account_id().await);
        let seen = app.program().await.get(&path).await.ok()["messages"][0].clone();
        assert_eq!(seen["text"], "Hello!");
        assert_eq!(seen["edits"], json!([
            { "text": "Hallo", "html": null, "edited_at": first_edit },
            { "text": "Hello", "html": null, "edited_at": clock.now().to_string() },
        ]));
    }

    async fn edits_reach_readers(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let said = guest.say("Hallo").await;
        let page = guest.get("/unicom/webchat/messages/").await;
        let (tag, cursor) = (page.header("etag").to_owned(), page.json["cursor"].clone());
        let edited = edit(&guest, &said, "Hello").await.ok()["message"].clone();
        let (items, cursor) = changes(&guest, &cursor).await;
        assert_eq!(items, json!([{ "kind": "message", "message": edited }]));
        assert_eq!(changes(&guest, &cursor).await, (json!([]), cursor));
        let again = guest.request(reqwest::Method::GET, "/unicom/webchat/messages/");
        assert_eq!(again.header("if-none-match", &tag).send().await.status, 200);
    }

    async fn bot_gets_the_edited_text_of_a_message_that_waits(db: &TestDatabase) {
        let permits = Arc::new(Semaphore::new(0));
        let channel = json!({ "bot": "echo" });
        let bots = waiting(Arc::clone(&permits));
        let app = TestApp::with(db, Setup { channel, bots, ..Setup::default() }).await;
        let guest = app.guest_who_wrote("first").await;
        let second = guest.say("2nd").await;
        let third = guest.say("third").await;
        let fourth = guest.say("fourth").await;
        edit(&guest, &second, "second").await.ok();
        guest.delete(&path(&third)).await.ok();
        permits.add_permits(3);
        app.settled().await;
        let texts = ["first", "second", "fourth", "first", "second", "fourth"];
        assert_eq!(guest.texts().await, texts);
        // The bot's answer stays.
        edit(&guest, &fourth, "4th").await.ok();
        app.settled().await;
        let texts = ["first", "second", "4th", "first", "second", "fourth"];
        assert_eq!(guest.texts().await, texts);
    }

    async fn text_beside_a_file_may_be_removed(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let sent = guest.send_file("a.png", PNG).await.ok()["message"].clone();
        for text in ["A cat", ""] {
            let edited = edit(&guest, &sent, text).await.ok()["message"].clone();
            assert_eq!(edited["text"], text);
            assert_eq!((&edited["media_type"], &edited["media_url"]), (&json!("image"), &sent["media_url"]));
        }
        assert_eq!(guest.get(sent["media_url"].as_str().unwrap()).await.status, 200);
    }

    async fn user_edits_what_the_guest_wrote_before_the_login(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let said = guest.say("Hallo").await;
        guest.register("ada").await;
        let edited = edit(&guest, &said, "Hello").await.ok();
        assert_eq!(edited["message"]["chat_id"], guest.account_id().await);
        assert_eq!(guest.texts().await, ["Hello"]);
    }
}
