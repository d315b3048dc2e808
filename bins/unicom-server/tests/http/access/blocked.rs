//! Tests that a blocked account can neither write nor read, not even its own data.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::{LISTS, MARK, ask, missing, owner, resources_of, routes};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn blocked_account_is_rejected_on_every_route(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, of_alice) = owner(&app, "alice").await;
        let guest = app.guest().await;
        let of_guest = resources_of(&app, &guest).await;
        for (client, resources) in [(alice, of_alice), (guest, of_guest)] {
            app.block(&client.account_id().await).await;
            let watch = NoSideEffects::of(&app).await;
            for route in routes(&resources).iter().chain(&routes(&missing())) {
                let answer = ask(&client, route).await;
                let what = format!("{} {}", route.what, answer.text());
                assert_eq!(
                    (answer.status, answer.code()),
                    (403, "account_blocked"),
                    "{what}"
                );
                assert!(!answer.text().contains(MARK), "{what}");
                watch.unchanged(&what).await;
            }
            for path in LISTS.iter().filter(|path| !path.contains("/auth/")) {
                client.get(path).await.is(403, "account_blocked");
            }
            client
                .post("/unicom/webchat/chats/", json!({}))
                .await
                .is(403, "account_blocked");
            client
                .send(json!({ "text": "hi" }))
                .await
                .is(403, "account_blocked");
            client
                .send_file("a.png", super::PNG)
                .await
                .is(403, "account_blocked");
            watch.unchanged("a blocked account").await;
        }
    }

    async fn login_does_not_unblock_a_guest(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote(MARK).await;
        let account = guest.account_id().await;
        app.block(&account).await;
        guest.register("alice").await;
        assert!(guest.texts().await.is_empty());
        let query =
            format!("SELECT count(*) AS number FROM unicom_messages WHERE sender_id = '{account}'");
        assert_eq!(app.number(&query).await, 1);
    }

    async fn blocked_user_is_blocked_in_every_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, _) = owner(&app, "alice").await;
        app.block(&alice.account_id().await).await;
        let guest = app.guest_who_wrote("hi").await;
        guest.log_in(&format!("alice-{MARK}")).await;
        guest
            .get("/unicom/webchat/messages/")
            .await
            .is(403, "account_blocked");
        guest
            .send(json!({ "text": "hi" }))
            .await
            .is(403, "account_blocked");
    }
}
