//! Tests that a user whose account is blocked cannot use admin routes, by session or by token.

use serde_json::json;
use unicom_db::queries::accounts;
use unicom_testing::TestDatabase;

use super::fixture::Resources;
use super::path;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

const BLOCKED: (u16, &str) = (403, "account_blocked");

both! {
    async fn blocked_admin_has_no_access(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let resources = Resources::made_by(&program, &app, "things").await;
        let chief = app.new_user("chief", true).await;
        let session = app.guest().await;
        session.log_in("chief").await;
        session.say("hi").await;
        let token = Client::new(app.base()).with_bearer(&app.token(&chief).await);
        for client in [&session, &token] {
            client.get(&path("audit/")).await.ok();
        }
        let account = session.account_id().await;
        program.post(&path(&format!("accounts/{account}/block/")), json!({})).await.ok();
        app.audited("account.block", &format!("account:{account}")).await;

        let watch = NoSideEffects::of(&app).await;
        for client in [&session, &token] {
            for route in resources.routes().iter().chain(&resources.further_routes()) {
                let what = format!("{} {} by a blocked account", route.method, route.path);
                watch.refused(&what, route.ask(client), BLOCKED).await;
            }
            // It can unblock neither itself nor another account.
            for id in [account.as_str(), &resources.account, "webchat_user_4711"] {
                let unblock = path(&format!("accounts/{id}/unblock/"));
                let request = client.request(reqwest::Method::POST, &unblock);
                watch.refused(&unblock, request, BLOCKED).await;
            }
        }
        // A new session or a new token does not help.
        let again = app.guest().await;
        again.log_in("chief").await;
        again.get(&path("audit/")).await.is(BLOCKED.0, BLOCKED.1);
        let another = Client::new(app.base()).with_bearer(&app.token(&chief).await);
        another.get(&path("audit/")).await.is(BLOCKED.0, BLOCKED.1);

        program.post(&path(&format!("accounts/{account}/unblock/")), json!({})).await.ok();
        for client in [&session, &token] {
            client.get(&path("audit/")).await.ok();
        }
    }

    async fn admins_who_block_each_other_are_unblocked_on_the_command_line(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let mut both = Vec::new();
        for name in ["ann", "ben"] {
            app.new_user(name, true).await;
            let client = app.guest().await;
            client.log_in(name).await;
            client.say("hi").await;
            both.push((client.account_id().await, client));
        }
        let block = |id: &str| path(&format!("accounts/{id}/block/"));
        both[0].1.post(&block(&both[1].0), json!({})).await.ok();
        both[1].1.post(&block(&both[0].0), json!({})).await.is(BLOCKED.0, BLOCKED.1);
        // Admins can block themselves, which locks them out.
        both[0].1.post(&block(&both[0].0), json!({})).await.ok();
        both[0].1.get(&path("audit/")).await.is(BLOCKED.0, BLOCKED.1);
        // The same as `unicom account unblock`.
        let id = both[0].0.clone().into();
        let unblocked = app.database().write(move |tx| accounts::set_blocked(tx, &id, false));
        assert!(unblocked.await.unwrap());
        both[0].1.get(&path("audit/")).await.ok();
        let unblock = path(&format!("accounts/{}/unblock/", both[1].0));
        both[0].1.post(&unblock, json!({})).await.ok();
        both[1].1.get(&path("audit/")).await.ok();
    }

    async fn block_of_a_non_admin_is_not_revealed(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        alice.say("hi").await;
        app.block(&alice.account_id().await).await;
        alice.get(&path("audit/")).await.is(403, "staff_only");
    }
}
