//! Tests of admins who read a chat and write to it.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_db::queries::{chat_counters, chats, messages};
use unicom_models::{Direction, MessageId};
use unicom_testing::TestDatabase;

use super::{NOTHING, PNG, id, path, refused_bodies};
use crate::app::TestApp;
use crate::both;
use crate::client::{Client, texts};
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

/// Inserts an internal message into the chat of `message`, right after it. Returns its id.
async fn note(app: &TestApp, message: &Value) -> String {
    let id: MessageId = id(message).parse().unwrap();
    let noted = app.database().write(move |tx| {
        let mut note = messages::get_unchecked(tx, id)?.unwrap();
        let chat = chats::lock(tx, &note.chat_id)?.unwrap();
        note.id = MessageId::new();
        note.direction = Direction::Internal;
        note.timestamp = chat.last_activity_at.next();
        note.text = "a tool was called".to_owned();
        note.client_message_id = None;
        messages::insert(tx, &chat, &note)?;
        chat_counters::note_message(tx, &chat, &note, None)?;
        Ok::<_, unicom_db::DbError>(note.id.to_string())
    });
    noted.await.unwrap()
}

/// Returns an admin who reads and writes in a browser, a guest, and the path of the guest's
/// messages.
async fn admin_and_guest(app: &TestApp) -> (Client, Client, String) {
    app.new_user("chief", true).await;
    let admin = app.guest().await;
    admin.log_in("chief").await;
    let guest = app.guest_who_wrote("hi").await;
    let messages = path(&format!("chats/{}/messages/", guest.account_id().await));
    (admin, guest, messages)
}

both! {
    async fn visitor_receives_messages_of_admins(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, guest, messages) = admin_and_guest(&app).await;
        let asked = guest.say("anybody there?").await;
        let body = json!({
            "text": "yes", "html": "<b>yes</b><script>x</script>", "reply_to_message_id": asked["id"],
            "buttons": [
                [{ "text": "Fine", "value": "fine", "expires_at": "2199-12-31T23:30:00+02:00" }],
                [{ "text": "More", "url": "https://example.org" }],
            ],
            // Clients cannot set these fields.
            "sender_name": "Mallory", "user_id": "4711", "direction": "incoming", "is_outgoing": false,
        });
        let sent = admin.post(&messages, body).await;
        assert_eq!(sent.status, 201);
        let sent = sent.ok()["message"].clone();
        assert_eq!(sent["sender_name"], "chief the user");
        assert_eq!(sent["direction"], "outgoing");
        assert!(sent["user_id"].is_string() && sent["sent_at"].is_string());
        let line = app
            .audited(
                "message.send",
                &format!("chat:{}", guest.account_id().await),
            )
            .await;
        assert_eq!(line.details, json!({ "message_id": sent["id"] }));

        let page = guest.messages("limit=1").await;
        let read = &page["messages"][0];
        assert_eq!(read["id"], sent["id"]);
        assert_eq!(read["text"], "yes");
        assert_eq!(read["html"], "<b>yes</b>");
        assert_eq!(read["is_outgoing"], true);
        assert_eq!(read["sender_name"], "chief the user");
        assert_eq!(read["reply_to_message_id"], asked["id"]);
        let fine = &read["interactive_buttons"][0][0];
        assert_eq!(fine["value"], "fine");
        assert_eq!(fine["expires_at"], "2199-12-31T21:30:00.000000Z");
        assert_eq!(sent["interactive_buttons"], read["interactive_buttons"]);
        assert_eq!(guest.chats("").await[0]["unread_count"], 1);
        // The message creates no request.
        app.settled().await;
        assert_eq!(app.count("unicom_requests").await, 2);
    }

    async fn files_of_admins_are_readable_by_both_sides(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, guest, messages) = admin_and_guest(&app).await;
        let form = Form::default()
            .text("text", "look")
            .file("media", "cat.png", PNG);
        let sent = admin.post_form(&messages, form).await.ok()["message"].clone();
        assert_eq!(sent["media_type"], "image");
        assert_eq!(sent["media_content_type"], "image/png");
        let url = sent["media_url"].as_str().unwrap();
        assert!(url.starts_with("/unicom/admin/media/"), "{url}");
        let file = admin.get(url).await;
        assert_eq!(file.body, PNG);
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(file.header("content-security-policy"), "sandbox");
        guest.get(url).await.is(401, "login_required");
        let read = guest.messages("limit=1").await["messages"][0].clone();
        assert_eq!(
            guest.get(read["media_url"].as_str().unwrap()).await.body,
            PNG
        );

        // In the other direction: an admin is not a member of the chat and reads the guest's file
        // through a separate path.
        let sent = guest.send_file("dog.png", PNG).await.ok();
        let theirs = sent["message"]["media_url"].as_str().unwrap();
        admin.get(theirs).await.is(404, "not_found");
        let page = admin.get(&format!("{messages}?limit=1")).await.ok();
        let url = page["messages"][0]["media_url"].as_str().unwrap();
        assert_eq!(admin.get(url).await.body, PNG);
        for wrong in [
            format!("media/{NOTHING}/dog.png"),
            "media/x/dog.png".to_owned(),
            url.replace("dog.png", "cat.png")
                .replace("/unicom/admin/", ""),
            format!("media/{}/x.png", id(&guest.say("no file").await)),
        ] {
            admin.get(&path(&wrong)).await.is(404, "not_found");
        }
    }

    async fn internal_messages_are_visible_to_admins_only(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, guest, messages) = admin_and_guest(&app).await;
        let said = guest.say("two").await;
        let note = note(&app, &said).await;
        guest.say("three").await;
        assert_eq!(guest.texts().await, ["hi", "two", "three"]);
        let path_of_guest = format!("/unicom/webchat/messages/?before={note}");
        guest.get(&path_of_guest).await.is(400, "invalid_cursor");
        let page = admin.get(&format!("{messages}?order=asc")).await.ok();
        assert_eq!(texts(&page), ["hi", "two", "a tool was called", "three"]);
        assert_eq!(page["messages"][2]["direction"], "internal");
        let page = admin.get(&format!("{messages}?before={note}")).await.ok();
        assert_eq!(texts(&page), ["two", "hi"]);
    }

    async fn paging_shows_each_message_once_in_both_directions(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, guest, messages) = admin_and_guest(&app).await;
        for number in 0..7 {
            let said = guest.say(&number.to_string()).await;
            if number % 3 == 0 {
                note(&app, &said).await;
            }
        }
        let all = texts(
            &admin
                .get(&format!("{messages}?order=asc&limit=100"))
                .await
                .ok(),
        );
        assert_eq!(all.len(), 11);
        for (side, order) in [("before", "desc"), ("after", "asc")] {
            for limit in [1, 2, 5, 10, 11] {
                let (mut walked, mut anchor) = (Vec::new(), String::new());
                loop {
                    let asked = format!("{messages}?limit={limit}&order={order}{anchor}");
                    let page = admin.get(&asked).await.ok();
                    walked.extend(texts(&page));
                    if page["has_more"] == false {
                        assert!(page["next_cursor"].is_null());
                        break;
                    }
                    anchor = format!("&{side}={}", page["next_cursor"].as_str().unwrap());
                }
                if order == "desc" {
                    walked.reverse();
                }
                assert_eq!(walked, all, "{side} {limit}");
            }
        }
        let other = app.guest_who_wrote("elsewhere").await;
        let foreign = other.messages("").await["messages"][0]["id"].clone();
        let asked = format!("{messages}?after={}", foreign.as_str().unwrap());
        admin.get(&asked).await.is(400, "invalid_cursor");
        admin
            .get(&format!("{messages}?after={NOTHING}&before={NOTHING}"))
            .await
            .is(400, "invalid_parameter");
    }

    async fn rejected_messages_store_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, _guest, messages) = admin_and_guest(&app).await;
        let elsewhere = app.guest_who_wrote("elsewhere").await.messages("").await;
        let watch = NoSideEffects::of(&app).await;
        let wrong = "invalid_body";
        let button = |button: Value| json!({ "text": "x", "buttons": [[button]] });
        let cases = [
            (json!({}), "empty_message", "`text`"),
            (json!({ "text": " " }), "empty_message", "`text`"),
            (
                json!({ "text": "", "html": " " }),
                "empty_message",
                "`text`",
            ),
            (json!({ "text": 5 }), wrong, "`text`"),
            (json!({ "html": [] }), wrong, "`html`"),
            (json!({ "text": "a\0" }), "invalid_text", "`text`"),
            (json!({ "html": "a\0" }), "invalid_text", "`html`"),
            (json!({ "html": "<script>x</script>" }), "empty_message", "`text`"),
            (json!({ "text": "x", "buttons": [] }), wrong, "`buttons`"),
            (json!({ "text": "x", "buttons": "x" }), wrong, "`buttons`"),
            (json!({ "text": "x", "buttons": [[]] }), wrong, "`buttons`"),
            (button(json!({ "text": "x" })), wrong, "`value`"),
            (
                button(json!({ "text": "x", "url": "javascript:x" })),
                wrong,
                "`url`",
            ),
            (
                button(json!({ "text": "x", "url": "https:// javascript:x" })),
                wrong,
                "`url`",
            ),
            (
                button(json!({ "text": "x", "url": "https://bank.example@evil.example/" })),
                wrong,
                "`url`",
            ),
            (
                button(json!({ "text": "x", "url": "https://evil.example/\u{202e}knab" })),
                wrong,
                "`url`",
            ),
            (
                button(json!({ "text": "x", "url": "https://evil.example\\@bank.example/" })),
                wrong,
                "`url`",
            ),
            (
                button(json!({ "text": "x", "url": "https://" })),
                wrong,
                "`url`",
            ),
            (
                button(json!({ "text": "x", "value": "x", "more": 1 })),
                wrong,
                "`buttons[0][0].more`",
            ),
            (
                button(json!({ "text": "x", "value": "x", "expires_at": "tomorrow" })),
                wrong,
                "`buttons[0][0].expires_at`",
            ),
            (
                button(json!({ "text": "x", "value": "x", "expires_at": "+10000-01-01T00:00:00Z" })),
                wrong,
                "`expires_at`",
            ),
            (
                button(json!({ "text": "x", "value": "x", "expires_at": "1969-12-31T23:59:59Z" })),
                wrong,
                "`expires_at`",
            ),
            (
                button(json!({ "text": "x", "url": "https://example.org", "expires_at": "2199-12-31T00:00:00Z" })),
                wrong,
                "`expires_at`",
            ),
            (
                button(json!({ "text": "x", "value": "x", "callback_execution_id": "mine" })),
                wrong,
                "`buttons[0][0].callback_execution_id`",
            ),
            (
                button(json!({ "text": "\0", "value": "x" })),
                "invalid_text",
                "`buttons`",
            ),
        ];
        refused_bodies(&watch, || admin.request(Method::POST, &messages), &cases).await;
        let post = || admin.request(Method::POST, &messages);
        for gone in [
            NOTHING.to_owned(),
            "x".to_owned(),
            id(&elsewhere["messages"][0]),
        ] {
            let body = json!({ "text": "x", "reply_to_message_id": gone });
            watch
                .refused(&gone, post().json(&body), (404, "not_found"))
                .await;
        }
        let long = json!({ "text": "x".repeat(17 << 10) });
        watch
            .refused("long", post().json(&long), (413, "too_large"))
            .await
            .names("`text`");
        let deep = json!({ "html": "<div></x>".repeat(600) });
        watch
            .refused("deep", post().json(&deep), (413, "too_large"))
            .await
            .names("`html`");
        for (what, form, refusal) in [
            (
                "a script",
                Form::default().file("media", "a.png", b"<script>alert(1)</script>"),
                (415, "unsupported_media_type"),
            ),
            (
                "twice",
                Form::default().text("text", "a").text("text", "b"),
                (400, "invalid_body"),
            ),
            (
                "nothing",
                Form::default().text("text", ""),
                (400, "empty_message"),
            ),
            (
                "a file beside a wrong reply",
                Form::default()
                    .text("reply_to_message_id", NOTHING)
                    .file("media", "a.png", PNG),
                (404, "not_found"),
            ),
            (
                "a file beside a NUL",
                Form::default()
                    .text("text", "\0")
                    .file("media", "a.png", PNG),
                (400, "invalid_text"),
            ),
        ] {
            let (kind, body) = form.finish();
            watch.refused(what, post().body(&kind, body), refusal).await;
        }
        app.switch_off(app.channel_id()).await;
        let watch = NoSideEffects::of(&app).await;
        let (kind, body) = Form::default().file("media", "a.png", PNG).finish();
        watch
            .refused(
                "a channel that is off",
                post().body(&kind, body),
                (409, "conflict"),
            )
            .await;
    }
}
