//! Tests of admins who manage categories.

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::{NOTHING, group, id, member, path, refused_bodies};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

async fn category(admin: &Client, body: Value) -> Value {
    let made = admin.post(&path("categories/"), body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.ok()["category"].clone()
}

fn matcher() -> Value {
    json!({ "kind": "keywords", "any": ["refund"] })
}

both! {
    async fn category_lifecycle(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let (ada, friends) = (member(&admin, "Ada").await, group(&admin, "friends").await);
        let channel = app.channel_id().0;
        let top = category(&admin, json!({ "name": "Orders" })).await;
        assert_eq!(
            (&top["active"], &top["public"], &top["sequence"]),
            (&json!(true), &json!(false), &json!(1))
        );
        let body = json!({
            "name": "Refunds", "description": "money back", "parent_id": top["id"], "sequence": 7, "public": true,
            "matcher": matcher(), "bot": "echo",
            "channel_ids": [channel], "member_ids": [ada], "group_ids": [friends],
        });
        let made = category(&admin, body).await;
        assert_eq!(made["parent_id"], top["id"]);
        assert_eq!(made["matcher"], matcher());
        assert_eq!(made["bot"], "echo");
        assert_eq!(made["channel_ids"], json!([channel]));
        assert_eq!(made["member_ids"], json!([ada]));
        assert_eq!(made["group_ids"], json!([friends]));
        let (one, subject) = (
            path(&format!("categories/{}/", id(&made))),
            format!("category:{}", id(&made)),
        );
        let line = app.audited("category.create", &subject).await;
        assert_eq!(line.details["matcher"], "set");
        assert_eq!(line.details["member_ids"], json!([ada]));

        // Null clears a field. Missing fields, links included, are unchanged.
        let body = json!({ "parent_id": null, "matcher": null, "bot": null, "group_ids": [], "active": false });
        let changed = admin.patch(&one, body).await.ok()["category"].clone();
        for cleared in ["parent_id", "matcher", "bot"] {
            assert!(changed[cleared].is_null(), "{cleared}");
        }
        assert_eq!(changed["name"], "Refunds");
        assert_eq!(changed["active"], false);
        assert_eq!(changed["channel_ids"], json!([channel]));
        assert_eq!(changed["member_ids"], json!([ada]));
        assert_eq!(changed["group_ids"], json!([]));
        let line = app.audited("category.update", &subject).await;
        let details = json!({ "parent_id": null, "matcher": "cleared", "bot": null, "group_ids": [], "active": false });
        assert_eq!(line.details, details);
        let again = admin
            .patch(&one, json!({ "matcher": matcher() }))
            .await
            .ok();
        assert_eq!(again["category"]["matcher"], matcher());
        let same = admin.patch(&one, json!({ "description": "x" })).await.ok();
        assert_eq!(same["category"]["matcher"], matcher());

        assert_eq!(admin.get(&one).await.ok()["category"], same["category"]);
        let all = admin.get(&path("categories/")).await.ok();
        let names: Vec<_> = all["categories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].clone())
            .collect();
        assert_eq!(names, ["Orders", "Refunds"]);
        assert_eq!(all["categories"][1], same["category"]);

        // Deleting a category deletes its children.
        let below = category(&admin, json!({ "name": "Below", "parent_id": made["id"] })).await;
        admin.delete(&one).await.ok();
        app.audited("category.delete", &subject).await;
        admin
            .get(&path(&format!("categories/{}/", id(&below))))
            .await
            .is(404, "not_found");
    }

    async fn invalid_categories_are_rejected_with_a_reason(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let top = category(&admin, json!({ "name": "Top", "sequence": 1 })).await;
        let below = category(&admin, json!({ "name": "Below", "parent_id": top["id"] })).await;
        let deep = category(&admin, json!({ "name": "Deep", "parent_id": below["id"] })).await;
        let beside = category(&admin, json!({ "name": "Beside", "sequence": 2 })).await;
        let ada = member(&admin, "Ada").await;
        let watch = NoSideEffects::of(&app).await;
        let wrong = "invalid_body";
        let many: Vec<i64> = (0..1001).collect();
        let cases = [
            (json!({ "name": "" }), wrong, "`name`"),
            (json!({ "name": {} }), wrong, "`name`"),
            (json!({ "name": "a\u{7}" }), wrong, "`name`"),
            (json!({ "name": "x".repeat(256) }), wrong, "`name`"),
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
            (
                json!({ "name": "x", "parent_id": NOTHING }),
                wrong,
                "`parent_id`",
            ),
            (
                json!({ "name": "x", "parent_id": "x" }),
                wrong,
                "`parent_id`",
            ),
            (json!({ "name": "x", "parent_id": 7 }), wrong, "`parent_id`"),
            (json!({ "name": "x", "sequence": 1 }), wrong, "`sequence`"),
            (json!({ "name": "x", "sequence": "1" }), wrong, "`sequence`"),
            (json!({ "name": "x", "sequence": 1.5 }), wrong, "`sequence`"),
            (
                json!({ "name": "x", "sequence": 4_294_967_296_i64 }),
                wrong,
                "`sequence`",
            ),
            (json!({ "name": "x", "active": 1 }), wrong, "`active`"),
            (json!({ "name": "x", "public": "no" }), wrong, "`public`"),
            (
                json!({ "name": "x", "matcher": { "kind": "gone" } }),
                wrong,
                "`matcher`",
            ),
            (
                json!({ "name": "x", "matcher": "refund" }),
                wrong,
                "`matcher`",
            ),
            (
                json!({ "name": "x", "matcher": { "kind": "keywords", "any": ["\0"] } }),
                "invalid_text",
                "`matcher`",
            ),
            (json!({ "name": "x", "bot": "gone" }), wrong, "`bot`"),
            (json!({ "name": "x", "bot": 5 }), wrong, "`bot`"),
            (
                json!({ "name": "x", "bot": { "kind": "gone" } }),
                wrong,
                "`bot`",
            ),
            (
                json!({ "name": "x", "channel_ids": [4711] }),
                wrong,
                "`channel_ids`",
            ),
            (
                json!({ "name": "x", "channel_ids": ["1"] }),
                wrong,
                "`channel_ids[0]`",
            ),
            (
                json!({ "name": "x", "channel_ids": 1 }),
                wrong,
                "`channel_ids`",
            ),
            (
                json!({ "name": "x", "channel_ids": many }),
                wrong,
                "`channel_ids`",
            ),
            (
                json!({ "name": "x", "member_ids": [NOTHING] }),
                wrong,
                "`member_ids`",
            ),
            (
                json!({ "name": "x", "member_ids": ["x"] }),
                wrong,
                "`member_ids[0]`",
            ),
            (
                json!({ "name": "x", "member_ids": [ada, ada] }),
                wrong,
                "`member_ids`",
            ),
            (
                json!({ "name": "x", "group_ids": [ada] }),
                wrong,
                "`group_ids`",
            ),
            (
                json!({ "name": "x", "group_ids": [null] }),
                wrong,
                "`group_ids[0]`",
            ),
        ];
        refused_bodies(
            &watch,
            || admin.request(Method::POST, &path("categories/")),
            &cases,
        )
        .await;
        let one = path(&format!("categories/{}/", id(&beside)));
        refused_bodies(&watch, || admin.request(Method::PATCH, &one), &cases).await;
        // A category cannot be a descendant of itself.
        let one = path(&format!("categories/{}/", id(&top)));
        for parent in [&top, &below, &deep] {
            let body = [(json!({ "parent_id": parent["id"] }), wrong, "`parent_id`")];
            refused_bodies(&watch, || admin.request(Method::PATCH, &one), &body).await;
        }
        for gone in [NOTHING, "x"] {
            let one = path(&format!("categories/{gone}/"));
            for request in [
                admin.request(Method::GET, &one),
                admin
                    .request(Method::PATCH, &one)
                    .json(&json!({ "channel_ids": [] })),
                admin.request(Method::DELETE, &one),
            ] {
                watch.refused(gone, request, (404, "not_found")).await;
            }
        }
    }

    async fn category_can_be_deleted_while_its_request_is_processed(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let admin = app.program().await;
        for number in 0..20 {
            let body = json!({ "name": number.to_string(), "public": true, "matcher": matcher() });
            let one = path(&format!(
                "categories/{}/",
                id(&category(&admin, body).await)
            ));
            let guest = app.guest_who_wrote("a refund, please").await;
            let (_, deleted) = join(guest.say("a refund!"), admin.delete(&one)).await;
            deleted.ok();
        }
        app.settled().await;
        assert_eq!(app.count("unicom_request_categories").await, 0);
    }
}
