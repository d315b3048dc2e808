//! Tests of admins who list and block accounts.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{distinct_ids, path, walk};
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn blocked_account_cannot_read_or_write(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let account = guest.account_id().await;
        let one = path(&format!("accounts/{account}/"));
        let subject = format!("account:{account}");

        let blocked = admin.post(&format!("{one}block/"), json!({})).await.ok();
        assert_eq!(blocked["account"]["blocked"], true);
        app.audited("account.block", &subject).await;
        guest
            .send(json!({ "text": "x" }))
            .await
            .is(403, "account_blocked");
        guest
            .get("/unicom/webchat/messages/")
            .await
            .is(403, "account_blocked");
        assert_eq!(admin.get(&one).await.ok()["account"], blocked["account"]);
        let all = admin.get(&path("accounts/?blocked=true")).await.ok();
        assert_eq!(all["accounts"], json!([blocked["account"]]));

        admin.post(&format!("{one}unblock"), json!({})).await.ok();
        let line = app.audited("account.unblock", &subject).await;
        assert!(line.actor.starts_with("token:"), "{}", line.actor);
        guest.say("again").await;
        let all = admin.get(&path("accounts/?blocked=true")).await.ok();
        assert_eq!(all["accounts"], json!([]));
    }

    async fn account_of_a_user_has_a_member(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let alice = app.user("alice").await;
        alice.say("hi").await;
        let account = alice.account_id().await;
        let found = admin.get(&path(&format!("accounts/{account}/"))).await.ok();
        assert_eq!(found["account"]["id"], account);
        assert_eq!(found["member"]["name"], "alice");
        let guest = app.guest_who_wrote("hi").await.account_id().await;
        let found = admin.get(&path(&format!("accounts/{guest}/"))).await.ok();
        assert!(found["member"].is_null());
    }

    async fn accounts_can_be_listed_and_filtered(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        for _ in 0..5 {
            app.guest_who_wrote("hi").await;
        }
        for (username, name) in [("one", "Xanthippe"), ("two", "x_y"), ("three", "100%")] {
            let user = app.guest().await;
            let body = json!({ "username": username, "password": PASSWORD, "display_name": name });
            user.post("/unicom/auth/register/", body).await.ok();
            user.say("hi").await;
        }
        for limit in [1, 3, 7, 100] {
            assert_eq!(
                distinct_ids(&walk(&admin, "accounts/", "accounts", limit).await).len(),
                app.count("unicom_accounts").await
            );
        }
        // Guest ids are random, so the search text has letters that are not hexadecimal.
        let found = async |query: &str| {
            let page = admin.get(&path(&format!("accounts/?{query}"))).await.ok();
            page["accounts"].as_array().unwrap().len()
        };
        assert_eq!(found("q=XANTH").await, 1);
        assert_eq!(found("q=guest_").await, 5);
        assert_eq!(found("q=%25").await, 1);
        assert_eq!(found("q=x_").await, 1);
        assert_eq!(found("q=nobody").await, 0);
        assert_eq!(
            found("blocked=false").await,
            app.count("unicom_accounts").await
        );
        assert_eq!(
            found(&format!("channel_id={}&q=guest", app.channel_id())).await,
            5
        );
        assert_eq!(found("channel_id=4711").await, 0);
        assert_eq!(
            walk(&admin, "accounts/?q=guest", "accounts", 2).await.len(),
            5
        );
    }

    async fn unknown_accounts_and_invalid_queries_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        for gone in ["webchat_user_4711", "%00", "%F0%9F%90%88", &"x".repeat(600)] {
            let one = path(&format!("accounts/{gone}/"));
            for request in [
                admin.request(Method::GET, &one),
                admin.request(Method::POST, &format!("{one}block/")),
                admin.request(Method::POST, &format!("{one}unblock/")),
            ] {
                watch.refused(gone, request, (404, "not_found")).await;
            }
        }
        for (query, code, word) in [
            ("limit=0", "invalid_parameter", "`limit`"),
            ("limit=x", "invalid_parameter", "`limit`"),
            ("blocked=perhaps", "invalid_parameter", "`blocked`"),
            ("channel_id=x", "invalid_parameter", "`channel_id`"),
            ("q=a%00", "invalid_parameter", "NUL"),
            ("q=a&q=b", "invalid_parameter", "`q`"),
            ("name=x", "unknown_filter", "`q`"),
            ("is_staff=true", "unknown_filter", "`blocked`"),
        ] {
            let request = admin.request(Method::GET, &path(&format!("accounts/?{query}")));
            watch.refused(query, request, (400, code)).await.names(word);
        }
    }
}
