//! Tests of the audit trail: it records who did what, and no refused requests.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{distinct_ids, member, path, walk};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn audit_log_names_the_actor(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let chief = app.new_user("chief", true).await;
        let (token, secret) = app.numbered_token(&chief).await;
        let session = app.guest().await;
        session.log_in("chief").await;
        let program = crate::client::Client::new(app.base()).with_bearer(&secret);
        let by_session = member(&session, "one").await;
        let by_token = member(&program, "two").await;
        let page = program.get(&path("audit/")).await.ok();
        // Before them, the channel of the test was created.
        let lines = &page["audit"].as_array().unwrap()[..2];
        let said: Vec<_> = lines
            .iter()
            .map(|line| (line["actor"].clone(), line["subject"].clone()))
            .collect();
        assert_eq!(
            said,
            [
                (
                    json!(format!("token:{token}")),
                    json!(format!("member:{by_token}"))
                ),
                (
                    json!(format!("user:{}", chief.id)),
                    json!(format!("member:{by_session}"))
                ),
            ]
        );
        assert_eq!(lines[0]["action"], "member.create");
        assert!(lines[0]["created_at"].is_string());
    }

    async fn paging_through_the_audit_log_shows_each_entry_once(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        // The first entry is that of the test's channel.
        for number in 0..8 {
            member(&admin, &format!("m{number}")).await;
        }
        let all = distinct_ids(&walk(&admin, "audit/", "audit", 100).await);
        assert_eq!(all.len(), 9);
        for limit in [1, 2, 8, 9, 10] {
            assert_eq!(
                distinct_ids(&walk(&admin, "audit/", "audit", limit).await),
                all
            );
        }
        // A new line does not change what follows the cursor.
        let first = admin.get(&path("audit/?limit=4")).await.ok();
        member(&admin, "later").await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let next = admin
            .get(&path(&format!("audit/?limit=4&cursor={cursor}")))
            .await
            .ok();
        assert_eq!(distinct_ids(next["audit"].as_array().unwrap()), all[4..8]);
        let watch = NoSideEffects::of(&app).await;
        for (query, code) in [
            ("cursor=x", "invalid_cursor"),
            ("limit=x", "invalid_parameter"),
            ("actor=user:1", "unknown_filter"),
        ] {
            let request = admin.request(Method::GET, &path(&format!("audit/?{query}")));
            watch.refused(query, request, (400, code)).await;
        }
    }
}
