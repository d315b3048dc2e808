//! Tests of naming, changing and deleting chats.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{CHATS, names, open, path, write};
use crate::app::TestApp;
use crate::both;
use crate::client::texts;

both! {
    async fn default_chat_name_comes_from_the_first_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for (text, name) in [
            ("Hi, where is my order?", "where is my order?"),
            ("history of Rome", "history of Rome"),
            ("Hello!", "Hello!"),
            ("good prices?", "good prices?"),
            (" many\n\nlines ", "many lines"),
        ] {
            let guest = app.guest_who_wrote(text).await;
            guest.say("more").await;
            assert_eq!(names(&guest, "").await, [name]);
        }
        let guest = app.guest_who_wrote(&"ü".repeat(80)).await;
        assert_eq!(names(&guest, "").await[0].chars().count(), 50);
        let chat = guest.account_id().await;
        guest
            .patch(&path(&chat), json!({ "title": "  Mine  " }))
            .await
            .ok();
        guest.say("more").await;
        assert_eq!(names(&guest, "").await, ["Mine"]);
        let unnamed = guest.post(CHATS, json!({})).await.ok()["chat"].clone();
        assert!(unnamed["name"].is_null() && unnamed["last_message"].is_null());
        write(&guest, unnamed["id"].as_str().unwrap(), "hey, a question").await;
        assert_eq!(names(&guest, "limit=1").await, ["a question"]);
    }

    async fn chat_fields_are_updated_separately(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let chat = open(&guest, "one", json!({ "a": 1, "b": 2 })).await;
        for (body, name, archived, metadata) in [
            (json!({}), "one", false, json!({ "a": 1, "b": 2 })),
            (
                json!({ "name": "two" }),
                "two",
                false,
                json!({ "a": 1, "b": 2 }),
            ),
            (
                json!({ "title": "three", "name": null }),
                "three",
                false,
                json!({ "a": 1, "b": 2 }),
            ),
            (
                json!({ "is_archived": true }),
                "three",
                true,
                json!({ "a": 1, "b": 2 }),
            ),
            (
                json!({ "metadata": { "c": 3 } }),
                "three",
                true,
                json!({ "c": 3 }),
            ),
            (
                json!({ "is_archived": false, "name": "ü".repeat(100), "metadata": {} }),
                &"ü".repeat(100),
                false,
                json!({}),
            ),
        ] {
            for method in [Method::PATCH, Method::PUT] {
                let change = guest.request(method, &path(&chat)).json(&body);
                let changed = &change.send().await.ok()["chat"];
                assert_eq!(
                    (
                        &changed["name"],
                        &changed["is_archived"],
                        &changed["metadata"]
                    ),
                    (&json!(name), &json!(archived), &metadata)
                );
                assert_eq!(vec![changed.clone()], guest.chats("").await);
            }
        }
    }

    async fn delete_archives_and_hard_delete_removes_permanently(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("stays").await;
        app.settled().await;
        let counts = async || {
            let mut counts = app.counts().await;
            // A deletion adds a line to the audit trail.
            counts.remove("unicom_audit");
            counts
        };
        let before = counts().await;
        for tail in ["", "delete/"] {
            let chat = open(&guest, "Order", json!({})).await;
            write(&guest, &chat, "hi").await;
            let there = format!("{}{tail}", path(&chat));
            guest.delete(&there).await.ok();
            assert_eq!(names(&guest, "status=archived").await, ["Order"]);
            assert_eq!(
                texts(&guest.messages(&format!("chat_id={chat}")).await),
                ["hi"]
            );
            guest
                .delete(&format!("{there}?hard_delete=false"))
                .await
                .ok();
            guest
                .delete(&format!("{there}?hard_delete=true"))
                .await
                .ok();
            assert_eq!(counts().await, before);
            guest.delete(&there).await.is(404, "chat_not_found");
        }
        assert_eq!(guest.texts().await, ["stays"]);
    }

    async fn permanent_deletion_is_audited(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("stays").await;
        let account = guest.account_id().await;
        let chat = open(&guest, "Order", json!({})).await;
        write(&guest, &chat, "my secret").await;
        write(&guest, &chat, "again").await;
        let messages = format!("/unicom/admin/chats/{chat}/messages/");
        admin.post(&messages, json!({ "text": "we owe you 100 EUR" })).await.ok();
        let trail = async || app.rows().await["unicom_audit"].clone();
        let before = trail().await.len();
        // Archiving is not a deletion, and a request of another guest is refused.
        let there = path(&chat);
        guest.delete(&there).await.ok();
        let stranger = app.guest_who_wrote("hi").await;
        stranger.delete(&format!("{there}?hard_delete=true")).await.is(404, "chat_not_found");
        assert_eq!(trail().await.len(), before);

        guest.delete(&format!("{there}?hard_delete=true")).await.ok();
        let line = app.audited("chat.delete", &format!("chat:{chat}")).await;
        assert_eq!(line.actor, format!("account:{account}"));
        let details = json!({ "messages": 3, "messages_of_staff": 1, "requests": 2, "files": 0 });
        assert_eq!(line.details, details);
        let audit_log = trail().await.join("\n");
        assert!(!audit_log.contains("secret") && !audit_log.contains("EUR") && !audit_log.contains("Order"), "{audit_log}");
        // Admins can read it.
        let page = admin.get("/unicom/admin/audit/").await.ok();
        assert_eq!(page["audit"][0]["action"], "chat.delete");

        // The other route, used by a user. Deleting an empty chat is not recorded.
        let user = app.user("ada").await;
        let chat = open(&user, "Order", json!({})).await;
        write(&user, &chat, "hi").await;
        user.delete(&format!("{}delete/?hard_delete=true", path(&chat))).await.ok();
        let line = app.audited("chat.delete", &format!("chat:{chat}")).await;
        assert_eq!(line.actor, format!("account:{}", user.account_id().await));
        let before = trail().await.len();
        let empty = open(&user, "Empty", json!({})).await;
        user.delete(&format!("{}?hard_delete=true", path(&empty))).await.ok();
        assert_eq!(trail().await.len(), before);
    }

    async fn deleted_default_chat_is_recreated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("old").await;
        let chat = guest.account_id().await;
        guest
            .delete(&format!("{}?hard_delete=true", path(&chat)))
            .await
            .ok();
        assert!(guest.texts().await.is_empty());
        assert_eq!(guest.say("new").await["chat_id"], *chat);
        assert_eq!(guest.texts().await, ["new"]);
    }
}
