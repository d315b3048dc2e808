//! Tests of chats that are ended, reopened and rated.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::{CHATS, open, path, write};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::live::send_to;
use crate::live::socket::Socket;

/// Returns the state of the visitor's only chat, and whether it has the time of its end.
async fn state(client: &Client) -> (String, bool) {
    let chat = client.chats("").await[0].clone();
    let state = chat["state"].as_str().unwrap().to_owned();
    (state, chat["ended_at"].is_string())
}

fn open_state() -> (String, bool) {
    ("open".to_owned(), false)
}

fn ended_state() -> (String, bool) {
    ("ended".to_owned(), true)
}

both! {
    async fn visitor_ends_a_chat_and_reopens_it_with_a_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        assert_eq!(state(&ann).await, open_state());
        let (mut socket, _) = Socket::open(&ann).await;

        let end = format!("{}end/", path(&chat_id));
        let ended = ann.post(&end, Value::Null).await.ok()["chat"].clone();
        assert_eq!(ended["state"], "ended");
        assert_eq!(state(&ann).await, ended_state());
        assert_eq!(socket.next_of(&["chat"]).await["chat"]["state"], "ended");
        // A repetition changes nothing.
        assert_eq!(ann.post(&end, Value::Null).await.ok()["chat"], ended);
        // A reply that was being made is stored, and the chat stays ended.
        send_to(&app, &chat_id, "You are welcome").await;
        assert_eq!(ann.texts().await, ["Hello", "You are welcome"]);
        assert_eq!(state(&ann).await, ended_state());

        ann.say("One more question").await;
        assert_eq!(state(&ann).await, open_state());
        while socket.next_of(&["chat"]).await["chat"]["state"] != "open" {}
    }

    async fn other_visitors_cannot_end_or_rate_a_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = open(&ann, "Order", json!({})).await;
        write(&ann, &chat_id, "Hello").await;
        send_to(&app, &chat_id, "Hi").await;
        let guest = app.guest_who_wrote("x").await;
        for id in [&*chat_id, "nowhere"] {
            guest.post(&format!("{}end/", path(id)), Value::Null).await.is(404, "chat_not_found");
            let rating = format!("{}rating/", path(id));
            guest.post(&rating, json!({ "score": 1 })).await.is(404, "chat_not_found");
        }
        let found = ann.chats("").await[0].clone();
        assert_eq!((&found["state"], &found["rating"]), (&json!("open"), &Value::Null));
    }

    async fn admins_end_and_reopen_chats(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.program().await;
        let guest = app.guest_who_wrote("Hello").await;
        let chat_id = guest.account_id().await;
        let of_admin = format!("/unicom/admin/chats/{chat_id}/");
        assert_eq!(root.get(&of_admin).await.ok()["chat"]["state"], "open");
        let ended = root.post(&format!("{of_admin}end/"), Value::Null).await.ok()["chat"].clone();
        assert_eq!((&ended["state"], ended["ended_at"].is_string()), (&json!("ended"), true));
        assert_eq!(root.get(&of_admin).await.ok()["chat"], ended);
        assert_eq!(state(&guest).await, ended_state());
        let again = root.post(&format!("{of_admin}end/"), Value::Null).await.ok();
        assert_eq!(again["chat"], ended);
        app.audited("chat.end", &format!("chat:{chat_id}")).await;

        let reopened = root.post(&format!("{of_admin}reopen/"), Value::Null).await.ok();
        assert_eq!((&reopened["chat"]["state"], &reopened["chat"]["ended_at"]), (&json!("open"), &Value::Null));
        assert_eq!(state(&guest).await, open_state());
        app.audited("chat.reopen", &format!("chat:{chat_id}")).await;
        for action in ["end", "reopen"] {
            let nowhere = format!("/unicom/admin/chats/nowhere/{action}/");
            root.post(&nowhere, Value::Null).await.is(404, "chat_not_found");
        }
    }

    async fn chat_of_a_guest_who_logs_in_stays_ended_and_rated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("Hello").await;
        let chat_id = guest.account_id().await;
        send_to(&app, &chat_id, "Hi").await;
        guest.post(&format!("{}rating/", path(&chat_id)), json!({ "score": 2 })).await.ok();
        guest.post(&format!("{}end/", path(&chat_id)), Value::Null).await.ok();
        guest.register("ann").await;
        let moved = guest.chats("").await[0].clone();
        assert_eq!((&moved["state"], &moved["rating"]["score"]), (&json!("ended"), &json!(2)));

        // Of two chats that are merged, one goes on, and the last rating counts.
        let elsewhere = app.guest_who_wrote("Me again").await;
        let chat_id = elsewhere.account_id().await;
        send_to(&app, &chat_id, "Welcome back").await;
        elsewhere.post(&format!("{}rating/", path(&chat_id)), json!({ "score": 5 })).await.ok();
        elsewhere.log_in("ann").await;
        let merged = elsewhere.chats("").await;
        assert_eq!(merged.len(), 1);
        assert_eq!((&merged[0]["state"], &merged[0]["rating"]["score"]), (&json!("open"), &json!(5)));
    }

    async fn last_rating_of_a_chat_counts(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.program().await;
        let ann = app.user("ann").await;
        let chat_id = open(&ann, "Order", json!({})).await;
        write(&ann, &chat_id, "Hello").await;
        let rating = format!("{}rating/", path(&chat_id));
        ann.post(&rating, json!({ "score": 5 })).await.is(409, "conflict");
        send_to(&app, &chat_id, "Hi").await;
        let (mut socket, _) = Socket::open(&ann).await;

        let first = ann.post(&rating, json!({ "score": 1, "comment": "  Too slow 🐌\n" })).await.ok();
        let shown = &first["chat"]["rating"];
        assert_eq!((&shown["score"], &shown["comment"]), (&json!(1), &json!("Too slow 🐌")));
        assert_eq!(socket.next_of(&["chat"]).await["chat"]["rating"], *shown);
        let last = ann.post(&rating, json!({ "score": 4, "comment": " " })).await.ok();
        let shown = &last["chat"]["rating"];
        assert_eq!((&shown["score"], &shown["comment"]), (&json!(4), &Value::Null));
        assert!(shown["rated_at"].is_string());
        assert_eq!(ann.get(CHATS).await.ok()["chats"][0]["rating"], *shown);

        let mut of_admin = shown.clone();
        of_admin["account_id"] = json!(ann.account_id().await);
        for list in ["/unicom/admin/chats/".to_owned(), format!("/unicom/admin/chats/{chat_id}/")] {
            let found = root.get(&list).await.ok();
            let chat = if found["chat"].is_null() { &found["chats"][0] } else { &found["chat"] };
            assert_eq!(chat["rating"], of_admin, "{list}");
        }
        // The rating is the person's, and is erased with the person.
        let erase = format!("/unicom/admin/accounts/{}/erase/", ann.account_id().await);
        root.post(&erase, json!({})).await.ok();
        assert_eq!(app.count("unicom_chat_ratings").await, 0);
    }

    async fn invalid_ratings_are_refused(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("Hello").await;
        let chat_id = guest.account_id().await;
        send_to(&app, &chat_id, "Hi").await;
        let rating = format!("{}rating/", path(&chat_id));
        for (body, code, named) in [
            (json!({}), "invalid_body", "score"),
            (json!({ "score": 0 }), "invalid_body", "score"),
            (json!({ "score": 6 }), "invalid_body", "score"),
            (json!({ "score": 2.5 }), "invalid_body", "score"),
            (json!({ "score": "5" }), "invalid_body", "score"),
            (json!({ "score": 5, "comment": 5 }), "invalid_body", "comment"),
            (json!({ "score": 5, "comment": "x".repeat(2001) }), "invalid_body", "comment"),
            (json!({ "score": 5, "comment": "a\0b" }), "invalid_text", "comment"),
        ] {
            guest.post(&rating, body.clone()).await.is(400, code).names(named);
        }
        let longest = json!({ "score": 5, "comment": "ž".repeat(2000) });
        guest.post(&rating, longest).await.ok();
    }
}
