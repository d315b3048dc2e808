//! Tests of how long sessions are valid: without use, after a login, and if the user ends them.

use std::time::Duration;

use serde_json::json;
use unicom_auth::delete_ended_sessions;
use unicom_server::Options;
use unicom_testing::{TestClock, TestDatabase};

use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn started(db: &TestDatabase, options: Options) -> (TestApp, TestClock) {
    let clock = TestClock::new();
    let setup = Setup {
        options,
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    (TestApp::with(db, setup).await, clock)
}

async fn is_known(client: &Client) -> bool {
    !client.session().await["account_id"].is_null()
}

both! {
    async fn idle_session_expires(db: &TestDatabase) {
        let (app, clock) = started(db, Options::default()).await;
        let (guest, alice) = (app.guest_who_wrote("hi").await, app.user("alice").await);
        clock.advance(13 * DAY);
        assert!(is_known(&guest).await && is_known(&alice).await);
        clock.advance(13 * DAY);
        assert!(is_known(&guest).await && is_known(&alice).await);
        clock.advance(15 * DAY);
        for client in [&guest, &alice] {
            assert!(!is_known(client).await);
            assert!(client.texts().await.is_empty());
            // A message sent after that belongs to a new guest.
            client.say("late").await;
            assert_eq!(client.texts().await, ["late"]);
        }
    }

    async fn active_sessions_of_users_expire_and_of_guests_do_not(db: &TestDatabase) {
        let (app, clock) = started(db, Options::default()).await;
        let (guest, alice) = (app.guest_who_wrote("hi").await, app.user("alice").await);
        for _ in 0..8 {
            clock.advance(11 * DAY);
            assert!(is_known(&guest).await && is_known(&alice).await);
        }
        clock.advance(3 * DAY);
        assert!(is_known(&guest).await);
        assert!(!is_known(&alice).await);
        assert_eq!(guest.texts().await, ["hi"]);
        // Another login starts another session with the same lifetime.
        alice.log_in("alice").await;
        clock.advance(11 * DAY);
        assert!(is_known(&alice).await);
    }

    async fn session_lifetimes_are_configurable(db: &TestDatabase) {
        let options = Options {
            session_idle: Some(60),
            session_lifetime: Some(300),
            ..Options::default()
        };
        let (app, clock) = started(db, options).await;
        let (used, unused) = (app.user("alice").await, app.user("bob").await);
        for second in (50..300).step_by(50) {
            clock.advance(Duration::from_secs(50));
            assert!(is_known(&used).await, "after {second} s");
        }
        assert!(!is_known(&unused).await);
        clock.advance(Duration::from_secs(51));
        assert!(!is_known(&used).await);
    }

    async fn active_session_is_written_once_an_hour(db: &TestDatabase) {
        let (app, clock) = started(db, Options::default()).await;
        let guest = app.guest_who_wrote("hi").await;
        let stored_after = async |time: Duration| {
            clock.advance(time);
            assert!(is_known(&guest).await);
            app.rows().await["unicom_sessions"].clone()
        };
        let hour = Duration::from_secs(60 * 60);
        for _ in 0..2 {
            let first = stored_after(Duration::ZERO).await;
            assert_eq!(stored_after(hour).await, first);
            assert_ne!(stored_after(Duration::from_micros(1)).await, first);
        }
    }

    async fn shorter_lifetime_applies_to_existing_sessions(db: &TestDatabase) {
        let (mut app, clock) = started(db, Options::default()).await;
        let alice = app.user("alice").await;
        clock.advance(DAY);
        app.crash();
        let shorter = Options { session_lifetime: Some(3600), ..Options::default() };
        app.run(shorter, crate::app::echo());
        let moved = Client::new(app.base());
        moved.set_cookie("sessionid", &alice.cookie("sessionid").unwrap());
        assert!(!is_known(&moved).await);
    }

    async fn expired_sessions_are_deleted(db: &TestDatabase) {
        let (mut app, clock) = started(db, Options::default()).await;
        for _ in 0..3 {
            app.guest_who_wrote("hi").await;
        }
        clock.advance(10 * DAY);
        let later = app.guest_who_wrote("hi").await;
        clock.advance(10 * DAY);
        let ended = app.database().write(|tx| delete_ended_sessions(tx, 1));
        assert_eq!(ended.await.unwrap(), 1);
        app.crash();
        app.run(Options::default(), crate::app::echo());
        TestApp::wait_for("the sweep", async || {
            (app.count("unicom_sessions").await == 1).then_some(())
        })
        .await;
        let moved = Client::new(app.base());
        moved.set_cookie("sessionid", &later.cookie("sessionid").unwrap());
        assert!(is_known(&moved).await);
    }

    async fn logout_everywhere_ends_all_sessions_of_the_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (laptop, bob, guest) = (
            app.user("alice").await,
            app.user("bob").await,
            app.guest_who_wrote("hi").await,
        );
        let (phone, tablet) = (app.guest().await, app.guest().await);
        phone.log_in("alice").await;
        tablet.log_in("alice").await;
        let path = "/unicom/auth/logout-everywhere/";
        phone.request(reqwest::Method::POST, path).csrf(None).send().await.is(403, "csrf_failed");
        guest.post(path, json!({})).await.is(401, "login_required");
        assert!(is_known(&laptop).await);
        phone.post(path, json!({})).await.ok();
        for client in [&laptop, &phone, &tablet] {
            assert!(!is_known(client).await);
        }
        assert!(is_known(&bob).await && is_known(&guest).await);
        tablet.log_in("alice").await;
        assert!(is_known(&tablet).await);
    }
}
