//! Tests of admins who list requests and retry failed ones.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::fixture::failed;
use super::{NOTHING, distinct_ids, id, path, walk};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn failed_request_can_be_retried(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest().await;
        let message = guest.say("hi").await;
        app.settled().await;
        let request = failed(&app, &id(&message)).await;
        let one = path(&format!("requests/{request}/"));
        assert_eq!(admin.get(&one).await.ok()["request"]["status"], "FAILED");
        let channel = path(&format!("channels/{}/", app.channel_id()));
        admin
            .patch(&channel, json!({ "config": { "bot": "echo" } }))
            .await
            .ok();
        let retried = admin.post(&format!("{one}retry/"), json!({})).await.ok();
        assert_eq!(retried["request"]["status"], "QUEUED");
        app.audited("request.retry", &format!("request:{request}"))
            .await;
        TestApp::wait_for("the answer", async || {
            (guest.texts().await == ["hi", "Echo: hi"]).then_some(())
        })
        .await;
        app.settled().await;
        // A completed request cannot be retried.
        let watch = NoSideEffects::of(&app).await;
        let again = admin.request(Method::POST, &format!("{one}retry/"));
        watch
            .refused("a completed request", again, (409, "conflict"))
            .await
            .names("COMPLETED");
        for gone in [NOTHING, "x", "%00"] {
            let one = path(&format!("requests/{gone}/"));
            let (get, retry) = (
                admin.request(Method::GET, &one),
                admin.request(Method::POST, &format!("{one}retry/")),
            );
            watch.refused(gone, get, (404, "not_found")).await;
            watch.refused(gone, retry, (404, "not_found")).await;
        }
    }

    async fn requests_can_be_listed_and_filtered(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let (alice, guest) = (app.user("alice").await, app.guest().await);
        for number in 0..4 {
            alice.say(&number.to_string()).await;
            guest.say(&number.to_string()).await;
        }
        app.settled().await;
        let last = guest.say("last").await;
        app.settled().await;
        let all = walk(&admin, "requests/", "requests", 100).await;
        assert_eq!(all.len(), 9);
        assert_eq!(all[0]["message_id"], last["id"]);
        for limit in [1, 2, 4, 8, 9] {
            let walked = walk(&admin, "requests/", "requests", limit).await;
            assert_eq!(distinct_ids(&walked), distinct_ids(&all));
        }
        let found = async |query: &str| {
            let page = admin.get(&path(&format!("requests/?{query}"))).await.ok();
            page["requests"].as_array().unwrap().len()
        };
        let (account, status) = (alice.account_id().await, all[0]["status"].as_str().unwrap());
        assert_eq!(found(&format!("account_id={account}")).await, 4);
        assert_eq!(found(&format!("chat_id={account}")).await, 4);
        assert_eq!(found(&format!("status={status}")).await, 9);
        assert_eq!(found("status=FAILED").await, 0);
        let member = all
            .iter()
            .find(|request| request["account_id"] == account)
            .unwrap()["member_id"]
            .clone();
        assert_eq!(
            found(&format!("member_id={}", member.as_str().unwrap())).await,
            4
        );
        assert_eq!(found(&format!("category_id={NOTHING}")).await, 0);
        assert_eq!(found(&format!("chat_id={account}&status=FAILED")).await, 0);
        assert_eq!(
            walk(
                &admin,
                &format!("requests/?account_id={account}"),
                "requests",
                3
            )
            .await
            .len(),
            4
        );
        // The reply token of an attempt is not shown to any client.
        assert!(
            all.iter()
                .all(|request| request.get("reply_token_hash").is_none_or(Value::is_null))
        );
    }

    async fn invalid_queries_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        for (query, code, word) in [
            ("status=gone", "invalid_parameter", "PENDING"),
            ("status=failed", "invalid_parameter", "`status`"),
            ("member_id=x", "invalid_parameter", "`member_id`"),
            ("category_id=7", "invalid_parameter", "`category_id`"),
            ("limit=-1", "invalid_parameter", "`limit`"),
            ("cursor=x", "invalid_cursor", "`cursor`"),
            ("cursor=1.x", "invalid_cursor", "`cursor`"),
            (
                "cursor=9223372036854775807.01890000-0000-7000-8000-000000000000",
                "invalid_cursor",
                "`cursor`",
            ),
            ("text=x", "unknown_filter", "`chat_id`"),
            ("metadata__x=1", "unknown_filter", "`status`"),
        ] {
            let request = admin.request(Method::GET, &path(&format!("requests/?{query}")));
            watch.refused(query, request, (400, code)).await.names(word);
        }
    }
}
