//! Tests of admins who manage groups of members.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{NOTHING, group, member, path, refused_bodies};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn group_lifecycle(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let (id, ada) = (group(&admin, "friends").await, member(&admin, "Ada").await);
        let (one, subject) = (path(&format!("groups/{id}/")), format!("group:{id}"));
        app.trail().await;
        let changed = admin
            .patch(&one, json!({ "description": "old ones" }))
            .await
            .ok();
        assert_eq!(changed["group"]["name"], "friends");
        assert_eq!(changed["group"]["description"], "old ones");
        let line = app.audited("group.update", &subject).await;
        assert_eq!(line.details, json!({ "description": "old ones" }));

        let in_it = format!("{one}members/{ada}/");
        admin.put(&in_it, json!({})).await.ok();
        let line = app.audited("group.add_member", &subject).await;
        assert_eq!(line.details, json!({ "member_id": ada }));
        // Adding the member again changes nothing and adds no line to the audit trail.
        let before = app.trail().await.len();
        admin.put(&in_it, json!({})).await.ok();
        assert_eq!(app.trail().await.len(), before);
        assert_eq!(admin.get(&one).await.ok()["members"][0]["id"], ada);

        admin.delete(&in_it).await.ok();
        app.audited("group.remove_member", &subject).await;
        admin.delete(&in_it).await.is(404, "not_found");
        assert_eq!(admin.get(&one).await.ok()["members"], json!([]));
        assert_eq!(
            admin.get(&path("groups/")).await.ok()["groups"][0]["id"],
            id
        );

        admin.delete(&one).await.ok();
        app.audited("group.delete", &subject).await;
        admin.get(&one).await.is(404, "not_found");
        admin.get(&path(&format!("members/{ada}/"))).await.ok();
    }

    async fn invalid_groups_are_rejected_with_a_reason(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        group(&admin, "taken").await;
        let (mine, ada) = (group(&admin, "mine").await, member(&admin, "Ada").await);
        let watch = NoSideEffects::of(&app).await;
        let wrong = "invalid_body";
        let one = path(&format!("groups/{mine}/"));
        let cases = [
            (json!({ "name": "taken" }), wrong, "`name`"),
            (json!({ "name": " " }), wrong, "`name`"),
            (json!({ "name": [] }), wrong, "`name`"),
            (json!({ "name": "x".repeat(256) }), wrong, "`name`"),
            (
                json!({ "name": "x", "description": 5 }),
                wrong,
                "`description`",
            ),
            (
                json!({ "name": "x", "description": "x".repeat(2001) }),
                wrong,
                "`description`",
            ),
            (
                json!({ "name": "x", "description": "\0" }),
                "invalid_text",
                "`description`",
            ),
        ];
        refused_bodies(
            &watch,
            || admin.request(Method::POST, &path("groups/")),
            &cases,
        )
        .await;
        refused_bodies(&watch, || admin.request(Method::PATCH, &one), &cases).await;
        for (group, member) in [
            (NOTHING, ada.as_str()),
            (&mine, NOTHING),
            ("x", "x"),
            (&mine, "x"),
            ("%00", &ada),
        ] {
            let one = path(&format!("groups/{group}/members/{member}/"));
            for method in [Method::PUT, Method::DELETE] {
                let request = admin.request(method, &one);
                watch.refused(&one, request, (404, "not_found")).await;
            }
        }
        for gone in [NOTHING, "x"] {
            let one = path(&format!("groups/{gone}/"));
            for request in [
                admin.request(Method::GET, &one),
                admin
                    .request(Method::PATCH, &one)
                    .json(&json!({ "name": "x" })),
                admin.request(Method::DELETE, &one),
            ] {
                watch.refused(gone, request, (404, "not_found")).await;
            }
        }
    }
}
