//! Tests that refused edits and deletions change nothing.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use unicom_core::buttons::{Button, Buttons};
use unicom_testing::TestDatabase;

use super::{MINUTE, edit, path, with_clock};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn time_of_the_channel_ends(db: &TestDatabase) {
        let (app, clock) = with_clock(db, json!({})).await;
        let guest = app.guest_who_wrote("hi").await;
        for (channel, minutes) in [
            (json!({}), 15),
            (json!({ "edit_minutes": null }), 15),
            (json!({ "edit_minutes": 2 }), 2),
        ] {
            let channel = app.channel(channel).await;
            let body = json!({ "text": "Hallo", "channel_id": channel });
            let said = guest.send(body).await.ok()["message"].clone();
            // The pipeline keeps no claim that would end with the time.
            app.settled().await;
            clock.advance(MINUTE * minutes);
            edit(&guest, &said, "Hello").await.ok();
            clock.advance(Duration::from_millis(1));
            let watch = NoSideEffects::of(&app).await;
            edit(&guest, &said, "Hello!").await.is(409, "too_late");
            guest.delete(&path(&said)).await.is(409, "too_late");
            watch.unchanged("too late").await;
        }
    }

    async fn channel_may_allow_no_edits(db: &TestDatabase) {
        let (app, _clock) = with_clock(db, json!({ "edit_minutes": 0 })).await;
        let guest = app.guest().await;
        let said = guest.say("Hallo").await;
        let watch = NoSideEffects::of(&app).await;
        edit(&guest, &said, "Hello").await.is(409, "too_late");
        guest.delete(&path(&said)).await.is(409, "too_late");
        watch.unchanged("no edits").await;
    }

    async fn texts_are_validated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let said = guest.say("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (body, status, code) in [
            (json!({ "text": "" }), 400, "empty_message"),
            (json!({ "text": " \n" }), 400, "empty_message"),
            (json!({ "text": "a\0b" }), 400, "invalid_text"),
            (json!({ "text": "x".repeat(16_385) }), 413, "too_large"),
            (json!({ "text": 7 }), 400, "invalid_body"),
            (json!({ "text": null }), 400, "invalid_body"),
            (json!({}), 400, "invalid_body"),
            (json!([]), 400, "invalid_body"),
        ] {
            let what = body.to_string();
            let request = guest.request(Method::PATCH, &path(&said)).json(&body);
            watch.refused(&what[..what.len().min(30)], request, (status, code)).await;
        }
        edit(&guest, &said, &"x".repeat(16_384)).await.ok();
    }

    async fn only_what_the_visitor_wrote(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let buttons = Buttons(vec![vec![Button::value("The cat", "cat")]]);
        let button = format!("{}.0.0", app.offer(&chat, buttons).await);
        let click = json!({ "callback_execution_id": button });
        guest.post("/unicom/webchat/button-click/", click).await.ok();
        app.settled().await;
        let page = guest.messages("order=asc").await;
        let messages = page["messages"].as_array().unwrap();
        assert!(messages.len() > 3);
        let watch = NoSideEffects::of(&app).await;
        let mut answers = Vec::new();
        for message in messages.iter().filter(|message| message["text"] != "hi" || message["is_outgoing"] == true) {
            for answer in [edit(&guest, message, "mine").await, guest.delete(&path(message)).await] {
                answers.push(answer.is(404, "not_found").body.clone());
            }
        }
        answers.push(guest.delete("/unicom/webchat/message/x/").await.is(404, "not_found").body.clone());
        answers.dedup();
        assert_eq!(answers.len(), 1);
        watch.unchanged("messages of others").await;
    }

    async fn channel_that_is_off_allows_no_edits(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let said = guest.say("hi").await;
        app.switch_off(app.channel_id()).await;
        let watch = NoSideEffects::of(&app).await;
        edit(&guest, &said, "Hi").await.is(404, "no_channel");
        guest.delete(&path(&said)).await.is(404, "no_channel");
        watch.unchanged("a channel that is off").await;
    }
}
