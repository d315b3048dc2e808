//! Tests of safe retries: sending the same `client_message_id` again stores one message.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;

use crate::sample_images::{PNG, png_and};

async fn send_under_key(client: &Client, key: &str, body: Value) -> Response {
    let request = client
        .request(Method::POST, "/unicom/webchat/send/")
        .json(&body);
    request.header("idempotency-key", key).send().await
}

async fn send_picture(client: &Client, bytes: &[u8]) -> Response {
    let form = Form::default()
        .text("client_message_id", "p")
        .file("media", "a.png", bytes);
    client.post_form("/unicom/webchat/send/", form).await
}

both! {
    async fn repeated_id_returns_the_first_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let body = json!({ "text": "hi", "client_message_id": "a" });
        let first = guest.send(body.clone()).await;
        assert_eq!(first.header("idempotent-replayed"), "");
        assert_eq!(first.json["message"]["client_message_id"], "a");
        let watch = NoSideEffects::of(&app).await;
        let mut in_the_chat = body.clone();
        in_the_chat["chat_id"] = first.json["chat_id"].clone();
        // The id in the field, in the header, or in both. Spaces around the text are ignored.
        let again = [
            guest.send(body.clone()).await,
            send_under_key(&guest, "a", json!({ "text": " hi " })).await,
            send_under_key(&guest, "a", body).await,
            guest.send(in_the_chat).await,
        ];
        for answer in again {
            assert_eq!(answer.header("idempotent-replayed"), "true");
            assert_eq!((answer.status, &answer.json), (200, &first.json));
        }
        watch.unchanged("a replay").await;
        assert_eq!(
            send_under_key(&guest, "b", json!({ "text": "hi" }))
                .await
                .ok()["message"]["client_message_id"],
            "b"
        );
        assert_eq!(guest.texts().await, ["hi", "hi"]);
    }

    async fn first_message_can_be_resent_after_a_lost_response(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let body = json!({ "text": "hi", "client_message_id": "a" });
        // The copy keeps the cookies of the response. The guest never saw the response.
        let first = guest.copy().send(body.clone()).await.ok();
        let again = guest.send(body).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.ok(), first);
        assert_eq!(guest.texts().await, ["hi"]);
        assert_eq!(app.count("unicom_accounts").await, 1);
    }

    async fn different_content_is_a_conflict(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let first = guest
            .send(json!({ "text": "hi", "client_message_id": "a" }))
            .await
            .ok();
        let chat = guest.post("/unicom/webchat/chats/", json!({})).await.ok()["chat"]["id"].clone();
        send_picture(&guest, PNG).await.ok();
        let watch = NoSideEffects::of(&app).await;
        for body in [
            json!({ "text": "other", "client_message_id": "a" }),
            json!({ "text": "hi", "client_message_id": "a", "reply_to_message_id": first["message"]["id"] }),
            json!({ "text": "hi", "client_message_id": "a", "chat_id": chat }),
            json!({ "text": "hi", "client_message_id": "p" }),
        ] {
            guest.send(body).await.is(409, "idempotency_conflict");
        }
        send_picture(&guest, &png_and(b" two"))
            .await
            .is(409, "idempotency_conflict");
        watch.unchanged("a conflict").await;
    }

    async fn conflict_escapes_the_id(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let send = |text| guest.send(json!({ "text": text, "client_message_id": "a\n\u{1b}b" }));
        send("hi").await.ok();
        let answer = send("other").await;
        answer.is(409, "idempotency_conflict").names(r"`a\n\u{1b}b`");
    }

    async fn client_ids_are_separate_for_each_account(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, guest) = (app.user("alice").await, app.guest().await);
        let body = json!({ "text": "hi", "client_message_id": "a" });
        let one = alice.send(body.clone()).await.ok();
        let two = guest.send(body).await.ok();
        assert_ne!(one["message"]["id"], two["message"]["id"]);
    }

    async fn id_from_before_the_login_is_recognised_after_it(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let body = json!({ "text": "hi", "client_message_id": "a" });
        let first = guest.send(body.clone()).await.ok();
        guest.register("alice").await;
        let again = guest.send(body).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.json["message"]["id"], first["message"]["id"]);
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn concurrent_repeats_store_one_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("first").await;
        let body = json!({ "text": "hi", "client_message_id": "a" });
        let answers = join_all((0..20).map(|_| guest.send(body.clone()))).await;
        let replayed = answers
            .iter()
            .filter(|answer| answer.header("idempotent-replayed") == "true")
            .count();
        assert_eq!(replayed, 19);
        let first = answers[0].json["message"]["id"].clone();
        for answer in answers {
            assert_eq!(answer.ok()["message"]["id"], first);
        }
        assert_eq!(guest.texts().await, ["first", "hi"]);
        assert_eq!(app.count("unicom_requests").await, 2);
    }

    async fn replayed_file_is_stored_once(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let first = send_picture(&guest, PNG).await.ok();
        let answers = join_all((0..5).map(|_| send_picture(&guest, PNG))).await;
        for answer in answers {
            assert_eq!(answer.header("idempotent-replayed"), "true");
            assert_eq!(answer.ok(), first);
        }
        assert_eq!(app.files().len(), 1);
        let url = first["message"]["media_url"].as_str().unwrap();
        assert_eq!(guest.get(url).await.body, PNG);
    }

    async fn replay_does_not_create_a_new_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let channel = app.channel(json!({ "new_chat": "always" })).await;
        let guest = app.guest().await;
        let body = json!({ "text": "hi", "client_message_id": "a", "channel_id": channel });
        let first = guest.send(body.clone()).await.ok();
        assert_eq!(guest.send(body).await.ok(), first);
        assert_eq!(guest.chats("").await.len(), 1);
    }
}
