//! Tests of several channels: which one a visitor addresses, and where its chats are.

use serde_json::json;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::texts;
use crate::multipart_form::Form;

both! {
    async fn default_chat_on_another_channel_has_a_separate_id(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let second = app.channel(json!({})).await;
        for client in [app.guest().await, app.user("alice").await] {
            client.say("first").await;
            let account = client.account_id().await;
            let away = format!("{account}_c{second}");
            let sent = client
                .send(json!({ "text": "second", "channel_id": second }))
                .await
                .ok();
            assert_eq!(sent["chat_id"], *away);
            // A form sends the number as a string.
            let form = Form::default()
                .text("text", "form")
                .text("channel_id", &second.to_string());
            assert_eq!(
                client.post_form("/unicom/webchat/send/", form).await.ok()["chat_id"],
                *away
            );
            assert_eq!(client.texts().await, ["first"]);
            let page = client
                .messages(&format!("channel_id={second}&order=asc"))
                .await;
            assert_eq!(
                (texts(&page), &page["chat_id"]),
                (vec!["second".to_owned(), "form".to_owned()], &json!(away))
            );
            // A chat is found by its id on any channel, and listed with those of all channels.
            assert_eq!(
                texts(&client.messages(&format!("chat_id={away}")).await),
                ["form", "second"]
            );
            client
                .send(json!({ "text": "by id", "chat_id": away }))
                .await
                .ok();
            let ids: Vec<_> = client
                .chats("")
                .await
                .into_iter()
                .map(|chat| chat["id"].clone())
                .collect();
            assert_eq!(ids, [json!(away), json!(account)]);
            let listed = client.chats(&format!("channel_id={second}")).await;
            assert_eq!(listed.len(), 1);
            assert_eq!(
                (&listed[0]["id"], &listed[0]["channel_id"]),
                (&json!(away), &json!(second))
            );
        }
    }

    async fn first_channel_used_holds_the_default_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let second = app.channel(json!({})).await;
        let guest = app.guest().await;
        let sent = guest
            .send(json!({ "text": "hi", "channel_id": second }))
            .await
            .ok();
        let account = guest.account_id().await;
        assert_eq!(sent["chat_id"], *account);
        assert_eq!(guest.messages("").await["chat_id"], json!(null));
        assert_eq!(
            guest.say("hi").await["chat_id"],
            format!("{account}_c{}", app.channel_id())
        );
    }

    async fn login_migrates_chats_of_every_channel(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let second = app.channel(json!({})).await;
        let guest = app.guest_who_wrote("first").await;
        guest
            .send(json!({ "text": "second", "channel_id": second }))
            .await
            .ok();
        guest.register("alice").await;
        let account = guest.account_id().await;
        assert_eq!(guest.texts().await, ["first"]);
        let page = guest.messages(&format!("channel_id={second}")).await;
        assert_eq!(
            (texts(&page), &page["chat_id"]),
            (
                vec!["second".to_owned()],
                &json!(format!("{account}_c{second}"))
            )
        );
    }

    async fn first_active_channel_is_the_default(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let second = app.channel(json!({})).await;
        app.switch_off(app.channel_id()).await;
        let guest = app.guest_who_wrote("hi").await;
        assert_eq!(guest.chats("").await[0]["channel_id"], json!(second));
        app.switch_off(second).await;
        guest
            .send(json!({ "text": "hi" }))
            .await
            .is(404, "no_channel");
        guest
            .get("/unicom/webchat/messages/")
            .await
            .is(404, "no_channel");
        guest
            .post("/unicom/webchat/chats/", json!({}))
            .await
            .is(404, "no_channel");
    }

    async fn new_chat_setting_creates_a_chat_for_each_send(db: &TestDatabase) {
        let app = TestApp::with(
            db,
            Setup {
                channel: json!({ "new_chat": "always" }),
                ..Setup::default()
            },
        )
        .await;
        let guest = app.guest().await;
        let one = guest
            .send(json!({ "text": "one", "metadata": { "n": 1 } }))
            .await
            .ok();
        let two = guest
            .send(json!({ "text": "two", "metadata": { "n": 2 } }))
            .await
            .ok();
        assert_ne!(one["chat_id"], two["chat_id"]);
        guest
            .send(json!({ "text": "more", "chat_id": one["chat_id"] }))
            .await
            .ok();
        let chats: Vec<_> = guest
            .chats("")
            .await
            .into_iter()
            .map(|chat| (chat["name"].clone(), chat["metadata"]["n"].clone()))
            .collect();
        assert_eq!(chats, [(json!("one"), json!(1)), (json!("two"), json!(2))]);
        guest.register("alice").await;
        assert_eq!(guest.chats("").await.len(), 2);
    }

    async fn base_path_is_configurable(db: &TestDatabase) {
        let options = Options {
            base_path: Some("/shop/chat".to_owned()),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options)
        .await;
        let client = crate::client::Client::new(app.base());
        client.get("/shop/chat/auth/session/").await.ok();
        let form = Form::default().file("media", "a.png", crate::sample_images::PNG);
        let sent = client
            .post_form("/shop/chat/webchat/send/", form)
            .await
            .ok();
        let url = sent["message"]["media_url"].as_str().unwrap();
        assert!(url.starts_with("/shop/chat/media/"));
        assert_eq!(client.get(url).await.status, 200);
        client
            .get("/unicom/webchat/messages/")
            .await
            .is(404, "not_found");
    }
}
