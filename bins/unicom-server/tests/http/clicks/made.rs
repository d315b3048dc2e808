//! Tests of the effects of a click.

use futures_util::future::join_all;
use serde_json::{Value, json};
use unicom_core::{
    Bots, OutgoingMessage,
    bots::{BotContext, Outcome},
};
use unicom_testing::TestDatabase;

use super::{HOUR, cats, click, id_of, offered, request, with_clock};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// Returns a bot that offers [`cats`] and replies to a click with its value and the message's id.
fn shop() -> Bots {
    Bots::default().with("echo", |context: BotContext| async move {
        let message = &context.message;
        let answer = match message.clicked() {
            Some(value) => OutgoingMessage::text(format!(
                "{value} under {}",
                message.reply_to_message_id.unwrap()
            )),
            None => OutgoingMessage::text("Which one?").with_buttons(cats()),
        };
        Ok(Outcome::reply(answer))
    })
}

both! {
    async fn bot_receives_the_value_and_replies(db: &TestDatabase) {
        let setup = Setup { channel: json!({ "bot": "echo" }), bots: shop(), ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let guest = app.guest_who_wrote("show me").await;
        app.settled().await;
        let question = guest.messages("limit=1").await["messages"][0].clone();
        let shown = &question["interactive_buttons"];
        let id = id_of(&shown[0][0]);
        assert_ne!(id, id_of(&shown[0][1]));
        let button = |text, value, id: &Value| {
            json!({
                "type": "callback", "text": text, "value": value, "url": null, "expires_at": null,
                "callback_execution_id": id,
            })
        };
        let more = json!({
            "type": "url", "text": "More", "value": null, "url": "https://example.org/cats", "expires_at": null,
            "callback_execution_id": null,
        });
        let no = &shown[0][1]["callback_execution_id"];
        assert_eq!(*shown, json!([[button("The cat", "cat", &json!(id)), button("No", "no", no)], [more]]));

        // Only the button id in the body counts.
        let body = json!({
            "callback_execution_id": id, "text": "mine", "value": "dog", "is_outgoing": true, "sender": "x", "chat_id": "x",
            "client_message_id": "x", "channel_id": 77, "expires_at": "2020-01-01T00:00:00Z", "button": { "value": "dog" },
        });
        let answer = request(&guest).json(&body).send().await;
        assert_eq!((answer.status, &answer.json), (200, &json!({ "success": true })));

        app.settled().await;
        let page = guest.messages("order=asc").await;
        let messages = page["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 4, "{page}");
        let (said, reply) = (&messages[2], &messages[3]);
        assert_eq!(said["text"], "The cat");
        assert_eq!(said["is_outgoing"], false);
        assert_eq!(said["chat_id"], question["chat_id"]);
        assert_eq!(said["reply_to_message_id"], question["id"]);
        assert_eq!(said["client_message_id"], id.as_str());
        assert_eq!(said["interactive_buttons"], json!(null));
        assert_eq!(reply["text"], format!("cat under {}", question["id"].as_str().unwrap()));
        assert_eq!(reply["reply_to_message_id"], said["id"]);
        assert_eq!(guest.chats("").await[0]["unread_count"], 1);
    }

    async fn repeated_clicks_store_one_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, no]) = offered(&app).await;
        let answers = join_all((0..20).map(|_| click(&guest, &cat))).await;
        for answer in answers {
            assert_eq!(answer.ok(), json!({ "success": true }));
        }
        assert_eq!(guest.texts().await, ["hi", "Which one?", "The cat"]);
        assert_eq!(app.count("unicom_requests").await, 2);
        let watch = NoSideEffects::of(&app).await;
        click(&guest, &cat).await.ok();
        watch.unchanged("a click that was sent again").await;
        click(&guest, &no).await.ok();
        assert_eq!(guest.texts().await, ["hi", "Which one?", "The cat", "No"]);
    }

    async fn login_transfers_buttons_to_the_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ada = app.user("ada").await;
        ada.say("before").await;
        let (guest, [cat, no]) = offered(&app).await;
        click(&guest, &cat).await.ok();
        let before = guest.copy();
        guest.log_in("ada").await;
        let watch = NoSideEffects::of(&app).await;
        // The session from before the login is no longer valid.
        let refused = before.request(reqwest::Method::POST, "/unicom/webchat/button-click/");
        let refused = refused.json(&json!({ "callback_execution_id": no })).send().await;
        assert_eq!(refused.status, 403, "{}", refused.text());
        // The guest's click still counts after the login.
        click(&guest, &cat).await.ok();
        watch.unchanged("a click from before the login").await;
        click(&guest, &no).await.ok();
        let texts = ["before", "hi", "Which one?", "The cat", "No"];
        assert_eq!(ada.texts().await, texts);
        // A click in another browser of the user adds nothing.
        click(&ada, &no).await.ok();
        assert_eq!(guest.texts().await, texts);
        assert_eq!(app.count("unicom_requests").await, 4);
    }

    async fn stored_click_outlives_the_button(db: &TestDatabase) {
        let (app, clock) = with_clock(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let mut buttons = cats();
        for button in &mut buttons.0[0] {
            *button = button.clone().expiring(clock.now().plus(HOUR));
        }
        app.offer(&guest.account_id().await, buttons).await;
        let shown = guest.messages("limit=1").await["messages"][0]["interactive_buttons"].clone();
        let (cat, no) = (id_of(&shown[0][0]), id_of(&shown[0][1]));
        assert_eq!(shown[0][0]["expires_at"], clock.now().plus(HOUR).to_string());
        clock.advance(HOUR - std::time::Duration::from_micros(1));
        click(&guest, &cat).await.ok();
        clock.advance(std::time::Duration::from_micros(1));
        let watch = NoSideEffects::of(&app).await;
        click(&guest, &no).await.is(403, "button_expired");
        click(&guest, &cat).await.ok();
        watch.unchanged("a click on what has expired").await;
    }

    async fn first_click_names_an_unnamed_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let chat = guest.post("/unicom/webchat/chats/", json!({})).await.ok()["chat"]["id"].clone();
        let chat = chat.as_str().unwrap();
        app.offer(chat, cats()).await;
        let page = guest.messages(&format!("chat_id={chat}&limit=1")).await;
        click(&guest, &id_of(&page["messages"][0]["interactive_buttons"][0][0])).await.ok();
        let listed = guest.chats("").await;
        assert_eq!((listed.len(), &listed[0]["name"]), (1, &json!("The cat")));
        assert_eq!(listed[0]["last_message"]["text"], "The cat");
    }
}
