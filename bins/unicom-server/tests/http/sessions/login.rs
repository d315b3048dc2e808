//! Tests that a login starts a new session, that a logout ends it everywhere, and that no session
//! can be planted.

use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;

async fn is_empty(client: &Client) -> bool {
    let session = client.session().await;
    session["authenticated"] == false && session["account_id"].is_null()
}

both! {
    async fn login_rotates_both_cookies_and_ends_the_old_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        for register in [true, false] {
            let guest = app.guest_who_wrote("hi").await;
            let before = guest.copy();
            if register {
                guest.register("bob").await;
            } else {
                guest.log_in("alice").await;
            }
            for name in ["sessionid", "csrftoken"] {
                assert_ne!(guest.cookie(name), before.cookie(name), "{name}");
            }
            assert!(is_empty(&before).await);
            before.send(json!({ "text": "late" })).await.is(403, "csrf_failed");
            assert!(before.texts().await.is_empty());
            assert_eq!(guest.texts().await, ["hi"]);
        }
    }

    async fn login_as_another_user_shares_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("bob").await.log_out().await;
        let client = app.user("alice").await;
        client.say("from alice").await;
        let as_alice = client.copy();
        client.log_in("bob").await;
        assert!(client.texts().await.is_empty());
        assert!(is_empty(&as_alice).await);
        client.log_in("alice").await;
        assert_eq!(client.texts().await, ["from alice"]);
    }

    async fn logout_ends_all_copies_of_the_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        alice.say("hi").await;
        let (stolen, phone) = (alice.copy(), app.guest().await);
        phone.log_in("alice").await;
        alice.log_out().await;
        assert!(alice.cookie("sessionid").is_none());
        assert!(is_empty(&alice).await);
        assert!(is_empty(&stolen).await);
        assert!(stolen.texts().await.is_empty());
        // Another session of the same user remains valid.
        assert_eq!(phone.texts().await, ["hi"]);
        assert_eq!(app.count("unicom_sessions").await, 1);
    }

    async fn guest_gets_a_new_account_after_a_logout(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let account = guest.account_id().await;
        guest.log_out().await;
        assert!(is_empty(&guest).await);
        assert_ne!(guest.say("again").await["chat_id"], *account);
        // Without a session there is none to end.
        app.guest().await.log_out().await;
    }

    async fn login_prevents_session_fixation(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let attacker = app.guest_who_wrote("planted").await;
        let victim = attacker.copy();
        victim.log_in("alice").await;
        victim.say("secret").await;
        assert!(is_empty(&attacker).await);
        assert!(attacker.texts().await.is_empty());
        attacker
            .get("/unicom/webchat/messages/?chat_id=webchat_user_1")
            .await
            .is(404, "chat_not_found");
        // A made-up cookie does not become the id of a session either.
        let visitor = app.guest().await;
        visitor.set_cookie(
            "sessionid",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        );
        visitor.say("hi").await;
        assert!(
            !visitor
                .cookie("sessionid")
                .unwrap()
                .contains("0123456789abcdef")
        );
    }

    async fn csrf_token_without_a_session_gives_no_access(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let thief = Client::new(app.base());
        thief.set_cookie("csrftoken", &guest.cookie("csrftoken").unwrap());
        assert!(thief.texts().await.is_empty());
        assert!(thief.chats("").await.is_empty());
        thief.log_out().await;
        assert_eq!(guest.texts().await, ["hi"]);
        // Nor does a message sent with it reach the guest, before the guest becomes a user or after
        // it.
        for text in ["before", "after"] {
            let stale = Client::new(app.base());
            stale.set_cookie("csrftoken", &guest.cookie("csrftoken").unwrap());
            if text == "after" {
                guest.register("alice").await;
            }
            stale.say(text).await;
            assert_eq!(stale.texts().await, [text]);
            assert_eq!(guest.texts().await, ["hi"]);
        }
    }

    async fn migration_delayed_by_a_block_completes_later(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let guest = app.guest_who_wrote("hi").await;
        let account = guest.account_id().await;
        app.block(&account).await;
        guest.log_in("alice").await;
        assert!(guest.texts().await.is_empty());
        // Logging in again does not lose the pending migration.
        guest.log_in("alice").await;
        assert!(guest.texts().await.is_empty());
        let remembers = async || app.rows().await["unicom_sessions"][0].contains("has_pending_migration");
        assert!(remembers().await);
        app.unblock(&account).await;
        assert_eq!(guest.texts().await, ["hi"]);
        assert!(!remembers().await, "it is tried again and again");
    }

    async fn pending_migration_completes_when_the_session_ends(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for name in ["alice", "bob"] {
            app.user(name).await.log_out().await;
        }
        for (number, end) in ["logout", "logout-everywhere", "login"].into_iter().enumerate() {
            let guest = app.guest_who_wrote(end).await;
            let account = guest.account_id().await;
            app.block(&account).await;
            guest.log_in("alice").await;
            app.unblock(&account).await;
            // The very next request ends the session.
            let body = json!({ "username": "bob", "password": PASSWORD });
            guest.post(&format!("/unicom/auth/{end}/"), body).await.ok();
            assert!(guest.texts().await.is_empty(), "{end}");
            guest.log_in("alice").await;
            assert_eq!(guest.texts().await.len(), number + 1, "{end}");
        }
    }

    async fn guest_history_is_migrated_to_one_user_only(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("bob").await.log_out().await;
        let client = app.guest_who_wrote("hi").await;
        let as_guest = client.copy();
        client.register("alice").await;
        client.log_out().await;
        client.log_in("bob").await;
        assert!(client.texts().await.is_empty());
        as_guest.session().await;
        as_guest.log_in("bob").await;
        assert!(as_guest.texts().await.is_empty());
        client.log_in("alice").await;
        assert_eq!(client.texts().await, ["hi"]);
    }
}
