//! Tests of admins who list all chats and their members.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{distinct_ids, path, walk};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn chats_are_listed_once_by_latest_activity(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let second = app.channel(json!({})).await;
        let mut guests = Vec::new();
        for _ in 0..6 {
            guests.push(app.guest_who_wrote("hi").await);
        }
        let on_second = guests[0]
            .send(json!({ "text": "hi", "channel_id": second.0 }))
            .await
            .ok();
        guests[2].say("once more").await;
        let all = walk(&admin, "chats/", "chats", 100).await;
        assert_eq!(all.len(), 7);
        assert_eq!(all[0]["id"], *guests[2].account_id().await);
        assert_eq!(all[1]["id"], on_second["chat_id"]);
        for limit in [1, 2, 3, 6, 7] {
            assert_eq!(
                distinct_ids(&walk(&admin, "chats/", "chats", limit).await),
                distinct_ids(&all)
            );
        }
        let found = async |query: &str| {
            distinct_ids(&walk(&admin, &format!("chats/?{query}"), "chats", 1).await)
        };
        assert_eq!(
            found(&format!("channel_id={second}")).await,
            [on_second["chat_id"].as_str().unwrap()]
        );
        let account = guests[0].account_id().await;
        assert_eq!(found(&format!("account_id={account}")).await.len(), 2);
        assert_eq!(
            found(&format!("account_id={account}&channel_id={second}"))
                .await
                .len(),
            1
        );
        assert_eq!(found("account_id=nobody").await.len(), 0);
    }

    async fn chat_contains_its_participants(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let alice = app.user("alice").await;
        let chat = alice.say("secret words").await["chat_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let one = path(&format!("chats/{chat}/"));
        admin
            .post(&format!("{one}messages/"), json!({ "text": "hello" }))
            .await
            .ok();
        let found = admin.get(&one).await.ok();
        assert_eq!(found["chat"]["id"], chat);
        assert_eq!(found["participants"][0]["id"], *alice.account_id().await);
        assert_eq!(found["participants"][0]["name"], "alice");
        assert_eq!(found["participants"][0]["unread_count"], 1);
    }

    async fn unknown_chats_and_invalid_queries_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let watch = NoSideEffects::of(&app).await;
        for gone in ["nothing", "%00", &"x".repeat(600)] {
            let one = path(&format!("chats/{gone}/"));
            let text = json!({ "text": "x" });
            for request in [
                admin.request(Method::GET, &one),
                admin.request(Method::GET, &format!("{one}messages/")),
                admin
                    .request(Method::POST, &format!("{one}messages/"))
                    .json(&text),
            ] {
                watch.refused(gone, request, (404, "chat_not_found")).await;
            }
        }
        for (rest, code, word) in [
            ("chats/?channel_id=x", "invalid_parameter", "`channel_id`"),
            ("chats/?cursor=x", "invalid_cursor", "`cursor`"),
            ("chats/?name=x", "unknown_filter", "`account_id`"),
            (
                &format!("chats/{chat}/messages/?order=up"),
                "invalid_parameter",
                "`order`",
            ),
            (
                &format!("chats/{chat}/messages/?before=x"),
                "invalid_cursor",
                "`before`",
            ),
            (
                &format!("chats/{chat}/messages/?chat_id={chat}"),
                "unknown_filter",
                "`before`",
            ),
            (
                &format!("chats/{chat}/messages/?limit=0"),
                "invalid_parameter",
                "`limit`",
            ),
        ] {
            let request = admin.request(Method::GET, &path(rest));
            watch.refused(rest, request, (400, code)).await.names(word);
        }
    }
}
