//! Tests of the chat list: its content, its order, and its filters.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::{CHATS, names, open, path, write};
use crate::app::TestApp;
use crate::both;

both! {
    async fn listed_chat_has_all_fields(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let sent = guest
            .send(json!({ "text": "where is my order?", "metadata": { "page": "/cart" } }))
            .await
            .ok();
        TestApp::wait_for("the answer", async || {
            (guest.texts().await.len() == 2).then_some(())
        })
        .await;
        let mut chat = guest.chats("").await.remove(0);
        let answer = guest.messages("limit=1").await["messages"][0].clone();
        let created = chat["created_at"].take();
        assert!(created.as_str().unwrap().ends_with('Z'));
        assert_eq!(chat["change"].take(), 2, "two messages");
        assert_eq!(
            chat,
            json!({
                "id": sent["chat_id"], "name": "where is my order?", "platform": "WebChat",
                "channel_id": app.channel_id(), "is_private": true,
                "is_archived": false, "metadata": { "page": "/cart" }, "created_at": null, "unread_count": 1,
                "last_message": { "id": answer["id"], "text": answer["text"], "media_type": "text", "media_name": null, "timestamp": answer["timestamp"],
                    "is_outgoing": true, "sender_name": answer["sender_name"] },
                "state": "open", "ended_at": null, "rating": null,
                "change": null, "holder": { "kind": "bot", "name": answer["sender_name"] },
            })
        );
    }

    async fn chats_are_paged_by_latest_activity(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let mut ids = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            ids.push(open(&guest, name, json!({})).await);
        }
        write(&guest, &ids[1], "hi").await;
        let expected = ["b", "e", "d", "c", "a"];
        assert_eq!(names(&guest, "").await, expected);
        for limit in 1..=6 {
            let (mut all, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = guest
                    .get(&format!("{CHATS}?limit={limit}{cursor}"))
                    .await
                    .ok();
                all.extend(
                    page["chats"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|chat| chat["name"].as_str().unwrap().to_owned()),
                );
                if page["has_more"] == false {
                    assert!(page["next_cursor"].is_null());
                    break;
                }
                cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
            }
            assert_eq!(all, expected, "{limit}");
        }
    }

    async fn filters_select_matching_chats(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let order = open(
            &guest,
            "Order 7",
            json!({ "priority": 5, "topic": "Shipping", "vip": true }),
        )
        .await;
        let old = open(
            &guest,
            "ÄRGER",
            json!({ "priority": 40, "topic": "billing" }),
        )
        .await;
        guest.delete(&path(&old)).await.ok();
        let (both, first, second): (&[&str], &[&str], &[&str]) =
            (&["ÄRGER", "Order 7"], &["Order 7"], &["ÄRGER"]);
        for (query, expected) in [
            ("", both),
            ("is_private=true", both),
            ("is_private=false", &[]),
            ("is_archived=true", second),
            ("archived=false", first),
            ("status=active", first),
            ("status=archived", second),
            ("status=active&archived=false", first),
            ("name=Order%207", first),
            ("name=order", &[]),
            ("name__icontains=ORDER", first),
            ("name__icontains=%C3%84rg", second),
            ("metadata__topic=Shipping", first),
            ("metadata__topic__icontains=SHIP", first),
            ("metadata__priority=5", first),
            ("metadata__priority__gte=5", both),
            ("metadata__priority__gt=5", second),
            ("metadata__priority__lt=40", first),
            ("metadata__priority__lte=40", both),
            ("metadata__absent=1", &[]),
            ("metadata__topic=Shipping&status=archived", &[]),
        ] {
            let mut found = names(&guest, query).await;
            found.sort_by_key(|name| std::cmp::Reverse(name.clone()));
            assert_eq!(found, expected, "{query}");
        }
        assert_eq!(names(&guest, &format!("id={order}")).await, first);
    }

    async fn unread_count_covers_messages_since_the_last_write_or_read(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let unread = async || guest.chats("").await[0]["unread_count"].as_i64().unwrap();
        guest.say("one").await;
        TestApp::wait_for("the answer", async || (unread().await == 1).then_some(())).await;
        guest.messages("").await;
        assert_eq!(unread().await, 1);
        let there = format!("{}read/", path(&guest.account_id().await));
        guest.post(&there, json!({})).await.ok();
        assert_eq!(unread().await, 0);
        guest.say("two").await;
        TestApp::wait_for("the answer", async || {
            (guest.texts().await.len() == 4).then_some(())
        })
        .await;
        assert_eq!(unread().await, 1);
        // A POST request without a body is enough.
        guest
            .request(reqwest::Method::POST, &there)
            .send()
            .await
            .ok();
        assert_eq!(unread().await, 0);
    }
}
