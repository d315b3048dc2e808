//! Tests that refused clicks leave nothing behind and reveal nothing about other visitors'
//! messages.

use reqwest::Method;
use serde_json::json;
use unicom_core::buttons::{Button, Buttons};
use unicom_testing::TestDatabase;

use super::{HOUR, NOT_YOURS, click, id_of, offered, request, with_clock};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn foreign_and_missing_buttons_are_indistinguishable(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, _]) = offered(&app).await;
        let said = guest.say("mine").await["id"].as_str().unwrap().to_owned();
        let (message, _) = cat.split_once('.').unwrap();
        let unknown_id = "01890000-0000-7000-8000-000000000000.0.0";
        let ids = [
            // Malformed or unknown ids.
            String::new(), ".".to_owned(), "x".to_owned(), unknown_id.to_owned(), message.to_owned(), "x".repeat(10_000),
            "a\0b".to_owned(), format!("{message}\0.0.0"), "' OR 1=1 --.0.0".to_owned(),
            // Another position, or the same position written differently.
            format!("{message}.0.2"), format!("{message}.00.0"), format!("{message}.0"), format!("{message}.-1.0"),
            format!("{message}.18446744073709551616.0"), format!("{cat}.0"), format!("{cat} "), format!(" {cat}"),
            cat.to_uppercase(), cat.replace('-', ""), format!("{{{message}}}.0.0"), format!("urn:uuid:{cat}"),
            // A button with a URL, and a message without buttons.
            format!("{message}.1.0"), format!("{said}.0.0"),
        ];
        let watch = NoSideEffects::of(&app).await;
        let unknown = click(&guest, unknown_id).await;
        unknown.is(403, "not_your_button").names("`callback_execution_id`");
        for id in ids {
            let answer = click(&guest, &id).await;
            let said = (answer.status, answer.code());
            assert_eq!(said, NOT_YOURS, "{id:.100}: {}", answer.text());
            assert_eq!(answer.body, unknown.body, "{id:.100}");
        }
        watch.unchanged("a click on nothing").await;

        let others = [
            app.user("bob").await,
            app.guest_who_wrote("hi").await,
            app.guest().await,
            crate::client::Client::new(app.base()),
        ];
        let watch = NoSideEffects::of(&app).await;
        for other in &others[..3] {
            let answer = click(other, &cat).await;
            assert_eq!((answer.status, &answer.body), (unknown.status, &unknown.body));
        }
        // A new browser does not even have a CSRF token.
        click(&others[3], &cat).await.is(403, "csrf_failed");
        assert_eq!(others[2].cookie("sessionid"), None, "no session begins");
        watch.unchanged("a foreign click").await;
        click(&guest, &cat).await.ok();
    }

    async fn button_is_deleted_with_its_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, no]) = offered(&app).await;
        click(&guest, &cat).await.ok();
        let chat = guest.account_id().await;
        guest.delete(&format!("/unicom/webchat/chat/{chat}/?hard_delete=true")).await.ok();
        let watch = NoSideEffects::of(&app).await;
        for id in [cat, no] {
            click(&guest, &id).await.is(403, "not_your_button");
        }
        watch.unchanged("a click on what is gone").await;
    }

    async fn expired_button_is_rejected(db: &TestDatabase) {
        let (app, clock) = with_clock(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let until = clock.now().plus(HOUR);
        let button = Button::value("The cat", "cat").expiring(until);
        app.offer(&guest.account_id().await, Buttons(vec![vec![button]])).await;
        let page = guest.messages("limit=1").await;
        let id = id_of(&page["messages"][0]["interactive_buttons"][0][0]);
        clock.advance(HOUR);
        let other = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        click(&guest, &id).await.is(403, "button_expired");
        click(&other, &id).await.is(403, "not_your_button");
        watch.unchanged("a click on what has expired").await;
    }

    async fn blocked_account_cannot_click(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, no]) = offered(&app).await;
        click(&guest, &cat).await.ok();
        let account = guest.account_id().await;
        app.block(&account).await;
        let watch = NoSideEffects::of(&app).await;
        for id in [&cat, &no, "x"] {
            click(&guest, id).await.is(403, "account_blocked");
        }
        watch.unchanged("a click of a blocked account").await;
        app.unblock(&account).await;
        click(&guest, &no).await.ok();
    }

    async fn inactive_channel_rejects_clicks(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, no]) = offered(&app).await;
        click(&guest, &cat).await.ok();
        app.switch_off(app.channel_id()).await;
        let watch = NoSideEffects::of(&app).await;
        click(&guest, &no).await.is(404, "no_channel");
        // This click was stored before and still counts.
        click(&guest, &cat).await.ok();
        watch.unchanged("a click on a channel that is off").await;
    }

    async fn button_id_used_as_a_client_id_is_a_conflict(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, _]) = offered(&app).await;
        guest.send(json!({ "text": "mine", "client_message_id": cat })).await.ok();
        let watch = NoSideEffects::of(&app).await;
        click(&guest, &cat).await.is(409, "idempotency_conflict");
        watch.unchanged("a conflict").await;
    }

    async fn invalid_body_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, _]) = offered(&app).await;
        let watch = NoSideEffects::of(&app).await;
        let wrong = (400, "invalid_body");
        for body in [
            json!({}),
            json!({ "callback_execution_id": null }),
            json!({ "callback_execution_id": 7 }),
            json!({ "callback_execution_id": [cat] }),
            json!({ "callback_execution_id": { "id": cat } }),
            json!({ "id": cat }),
        ] {
            let answer = watch.refused(&body.to_string(), request(&guest).json(&body), wrong).await;
            answer.names("`callback_execution_id`");
        }
        watch.refused("a list", request(&guest).json(&json!([cat])), wrong).await;
        watch.refused("no body", request(&guest), wrong).await;
        let cut = request(&guest).body("application/json", r#"{"callback_execution_id":"#);
        watch.refused("half a body", cut, (400, "invalid_json")).await;
        let form = request(&guest).body("application/x-www-form-urlencoded", format!("callback_execution_id={cat}"));
        watch.refused("a form", form, (415, "unsupported_media_type")).await;
        let large = json!({ "callback_execution_id": "x".repeat(300 << 10) });
        watch.refused("too much", request(&guest).json(&large), (413, "too_large")).await;
        let get = guest.request(Method::GET, "/unicom/webchat/button-click/");
        watch.refused("GET", get, (405, "method_not_allowed")).await;
    }

    async fn cross_site_click_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, [cat, _]) = offered(&app).await;
        let body = json!({ "callback_execution_id": cat });
        let watch = NoSideEffects::of(&app).await;
        let forged = (403, "csrf_failed");
        watch.refused("no token", request(&guest).csrf(None).json(&body), forged).await;
        watch.refused("another token", request(&guest).csrf(Some("x")).json(&body), forged).await;
        let foreign = request(&guest).header("Origin", "https://evil.example").json(&body);
        watch.refused("another origin", foreign, forged).await;
        click(&guest, &cat).await.ok();
    }
}
