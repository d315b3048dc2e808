//! Tests that what one process ends has ended for another one at its next request.

use serde_json::{Value, json};
use unicom_auth::{password, users};
use unicom_core::Bots;
use unicom_db::DatabaseOptions;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::admin::path;
use crate::app::{Setup, TestApp, echo};
use crate::both;
use crate::client::Client;

/// Returns the options of two servers on one database: one secret key.
pub fn options() -> Options {
    Options {
        secret_key: Some("correct horse battery staple, 0815".to_owned()),
        ..Options::default()
    }
}

/// Starts two servers on one database, whose channels have no bot.
pub async fn two(db: &TestDatabase) -> [TestApp; 2] {
    two_with(db, json!({}), [echo(), echo()]).await
}

/// Starts two servers on one database, each with its bots. The first channel has this
/// configuration.
pub async fn two_with(db: &TestDatabase, channel: Value, bots: [Bots; 2]) -> [TestApp; 2] {
    let [of_first, of_second] = bots;
    let setup = Setup {
        channel,
        options: options(),
        bots: of_first,
        ..Setup::default()
    };
    let first = TestApp::with(db, setup).await;
    let mut second = TestApp::with_options(db, options()).await;
    // The second server has a separate connection, as another process would, and none of the first
    // server's cached data.
    second.use_database(db.connect_with(DatabaseOptions::default()));
    second.crash();
    second.run(options(), of_second);
    [first, second]
}

/// Returns the same browser for another process.
pub fn at(app: &TestApp, client: &Client) -> Client {
    let moved = Client::new(app.base());
    for name in ["sessionid", "csrftoken"] {
        if let Some(value) = client.cookie(name) {
            moved.set_cookie(name, &value);
        }
    }
    moved
}

both! {
    async fn revocations_apply_in_every_process(db: &TestDatabase) {
        let [first, second] = two(db).await;
        // A block, and its end.
        let alice = first.user("alice").await;
        alice.say("hi").await;
        let account = alice.account_id().await;
        let there = at(&second, &alice);
        for _ in 0..3 {
            assert_eq!(there.texts().await, ["hi"]);
            first.block(&account).await;
            there.get("/unicom/webchat/messages/").await.is(403, "account_blocked");
            first.unblock(&account).await;
        }
        // A logout.
        assert_eq!(there.session().await["authenticated"], true);
        alice.log_out().await;
        assert_eq!(there.session().await["authenticated"], false);
        assert!(there.texts().await.is_empty());
        // A logout everywhere, a password change, and a deactivation.
        for end in ["everywhere", "password", "deactivated"] {
            let here = first.user(end).await;
            let id: i64 = here.session().await["user"]["id"].as_str().unwrap().parse().unwrap();
            let there = at(&second, &here);
            assert_eq!(there.session().await["authenticated"], true);
            let written = match end {
                "everywhere" => {
                    here.post("/unicom/auth/logout-everywhere/", json!({})).await.ok();
                    Ok(())
                }
                "password" => {
                    let hash = password::hash("battery staple horse").unwrap();
                    first.database().write(move |tx| users::set_password(tx, id, &hash)).await
                }
                _ => {
                    let set = first.database().write(move |tx| users::set_active(tx, id, false));
                    set.await.map(drop)
                }
            };
            written.unwrap();
            assert_eq!(there.session().await["authenticated"], false, "{end}");
            assert!(there.texts().await.is_empty(), "{end}");
        }
        // A revoked token.
        let root = first.new_user("root", true).await;
        let (number, secret) = first.numbered_token(&root).await;
        let program = Client::new(second.base()).with_bearer(&secret);
        program.get(&path("audit/")).await.ok();
        first.revoke(number).await;
        program.get(&path("audit/")).await.is(401, "invalid_credentials");
    }
}
