//! Tests of admins who manage members.

use futures_util::future::join;
use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{NOTHING, distinct_ids, group, id, member, path, refused_bodies, walk};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn member_lifecycle(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let body = json!({ "name": " Ada ", "email": " Ada@Example.org", "phone": "+49 170 1234567", "email_verified": true });
        let made = admin.post(&path("members/"), body).await;
        assert_eq!(made.status, 201);
        let made = made.ok()["member"].clone();
        assert_eq!(made["name"], "Ada");
        assert_eq!(made["email"], "ada@example.org");
        assert_eq!(made["email_verified"], true);
        assert_eq!(made["phone"], "+491701234567");
        assert_eq!(made["phone_verified"], false);
        let (id, subject) = (
            id(&made),
            format!("member:{}", made["id"].as_str().unwrap()),
        );
        let line = app.audited("member.create", &subject).await;
        let details =
            json!({ "name": "set", "email": "set", "phone": "set", "email_verified": true });
        assert_eq!(line.details, details);

        let user = app.new_user("ada", false).await.id.to_string();
        let one = path(&format!("members/{id}/"));
        // A changed address is not verified, and null clears the field.
        let changed = admin
            .patch(
                &one,
                json!({ "email": "b@example.org", "phone": null, "user_id": user }),
            )
            .await
            .ok();
        assert_eq!(changed["member"]["email_verified"], false);
        assert!(changed["member"]["phone"].is_null());
        assert_eq!(changed["member"]["user_id"], *user);
        assert_eq!(changed["member"]["name"], "Ada");
        let line = app.audited("member.update", &subject).await;
        assert_eq!(
            line.details,
            json!({ "email": "set", "phone": "cleared", "user_id": user })
        );
        // Missing fields are unchanged, and so are null fields that cannot be cleared.
        let same = admin.patch(&one, json!({ "name": null })).await.ok();
        assert_eq!(same["member"]["user_id"], *user);
        let cleared = admin.patch(&one, json!({ "user_id": null })).await.ok();
        assert!(cleared["member"]["user_id"].is_null());

        let friends = group(&admin, "friends").await;
        admin
            .put(&path(&format!("groups/{friends}/members/{id}/")), json!({}))
            .await
            .ok();
        let found = admin.get(&one).await.ok();
        assert_eq!(found["groups"][0]["name"], "friends");
        assert_eq!(found["accounts"], json!([]));

        admin.delete(&one).await.ok();
        app.audited("member.delete", &subject).await;
        admin.get(&one).await.is(404, "not_found");
        let left = admin.get(&path(&format!("groups/{friends}/"))).await.ok();
        assert_eq!(left["members"], json!([]));
    }

    async fn member_of_a_user_has_the_account_of_the_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let alice = app.user("alice").await;
        alice.say("hi").await;
        let found = admin.get(&path("members/?q=ALIC")).await.ok();
        let member = id(&found["members"][0]);
        let found = admin.get(&path(&format!("members/{member}/"))).await.ok();
        assert_eq!(found["accounts"][0]["id"], *alice.account_id().await);
        admin
            .delete(&path(&format!("members/{member}/")))
            .await
            .ok();
        // The account remains, without a member.
        assert_eq!(alice.texts().await, ["hi"]);
    }

    async fn member_cannot_be_linked_to_a_future_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let last = app.new_user("ada", false).await.id;
        let accomplice = member(&admin, "accomplice").await;
        let one = path(&format!("members/{accomplice}/"));
        let next = (last + 1).to_string();
        let watch = NoSideEffects::of(&app).await;
        let far = i64::MAX.to_string();
        let ids = [&*next, &far, "99999999999999999999", "-1", "0", "07", "+1", "1.0", "webchat_user_1", "x"];
        for id in ids {
            let body = json!({ "name": "x", "user_id": id });
            let new = admin.request(Method::POST, &path("members/")).json(&body);
            let said = watch.refused(id, new, (400, "invalid_body")).await;
            said.names("`user_id` must be the id of a user");
            let change = admin.request(Method::PATCH, &one).json(&body);
            watch.refused(id, change, (400, "invalid_body")).await;
        }
        // The next user gets a new member.
        let eve = app.user("eve").await;
        eve.say("hi").await;
        assert_eq!(eve.account_id().await, format!("webchat_user_{next}"));
        let found = admin.get(&path("members/?q=eve")).await.ok();
        assert_eq!(found["members"][0]["user_id"], *next);
        assert_ne!(id(&found["members"][0]), accomplice);
        // A user who may not log in can be bound.
        admin.patch(&one, json!({ "user_id": last.to_string() })).await.ok();
    }

    async fn invalid_members_are_rejected_with_a_reason(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let user = app.new_user("ada", false).await.id.to_string();
        let taken = json!({ "name": "x", "user_id": user });
        admin.post(&path("members/"), taken).await.ok();
        let other = member(&admin, "y").await;
        let watch = NoSideEffects::of(&app).await;
        let wrong = "invalid_body";
        let new = || admin.request(Method::POST, &path("members/"));
        let one = path(&format!("members/{other}/"));
        let cases = [
            (json!({ "name": "" }), wrong, "`name`"),
            (json!({ "name": 7 }), wrong, "`name`"),
            (json!({ "name": "a\0" }), wrong, "`name`"),
            (json!({ "name": "x".repeat(256) }), wrong, "`name`"),
            (json!({ "name": "x", "user_id": "" }), wrong, "`user_id`"),
            (json!({ "name": "x", "user_id": 7 }), wrong, "`user_id`"),
            (json!({ "name": "x", "user_id": user }), wrong, "another member"),
            (json!({ "name": "x", "email": "ada" }), wrong, "`email`"),
            (json!({ "name": "x", "email": "a@b\0" }), wrong, "`email`"),
            (json!({ "name": "x", "email": {} }), wrong, "`email`"),
            (json!({ "name": "x", "phone": "0170 1" }), wrong, "`phone`"),
            (
                json!({ "name": "x", "email_verified": "yes" }),
                wrong,
                "`email_verified`",
            ),
            (
                json!({ "name": "x", "phone_verified": 1 }),
                wrong,
                "`phone_verified`",
            ),
        ];
        refused_bodies(&watch, new, &cases).await;
        refused_bodies(&watch, || admin.request(Method::PATCH, &one), &cases).await;
        refused_bodies(
            &watch,
            new,
            &[
                (json!({}), wrong, "`name`"),
                (json!({ "name": null }), wrong, "`name`"),
            ],
        )
        .await;
        for gone in [NOTHING, "x", "1"] {
            let one = path(&format!("members/{gone}/"));
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
        for query in ["cursor=x", "cursor=1.x"] {
            let request = admin.request(Method::GET, &path(&format!("members/?{query}")));
            watch.refused(query, request, (400, "invalid_cursor")).await;
        }
    }

    async fn paging_through_members_shows_each_once(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let mut made = Vec::new();
        for number in 0..7 {
            made.push(member(&admin, &format!("m{number}")).await);
        }
        for limit in [1, 2, 6, 7, 8] {
            assert_eq!(
                distinct_ids(&walk(&admin, "members/", "members", limit).await),
                made
            );
        }
        assert_eq!(walk(&admin, "members/?q=M3", "members", 1).await.len(), 1);
    }

    async fn member_can_be_deleted_while_their_request_is_processed(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let admin = app.program().await;
        for number in 0..40 {
            let name = format!("user{number}");
            let user = app.user(&name).await;
            user.say("hi").await;
            let found = admin.get(&path(&format!("members/?q={name}"))).await.ok();
            let one = path(&format!("members/{}/", id(&found["members"][0])));
            let (_, deleted) = join(user.say("again"), admin.delete(&one)).await;
            deleted.ok();
        }
        app.settled().await;
    }
}
