//! Tests that passwords cannot be guessed without limit (ASVS 5.0, 6.3.1; CWE-307).

use serde_json::json;
use unicom_server::RateOptions;
use unicom_testing::TestDatabase;

use super::{at_once, is_limited, rates};
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;
use crate::statements::{cost, recording_with};

async fn log_in(client: &Client, name: &str, password: &str) -> Response {
    let body = json!({ "username": name, "password": password });
    client.post("/unicom/auth/login/", body).await
}

both! {
    async fn password_guesses_for_one_user_are_limited(db: &TestDatabase) {
        let rate = RateOptions {
            login_name: at_once(4),
            ..RateOptions::default()
        };
        let (app, recorded) = recording_with(db, rates(rate)).await;
        let alice = app.user("alice").await;
        app.user("bob").await;
        // A user who knows the password may log in any number of times.
        let honest = app.guest().await;
        for _ in 0..10 {
            honest.log_in("alice").await;
        }
        let attacker = app.guest().await;
        let wrong = (401, "invalid_credentials");
        for name in ["alice", "ALICE", " Alice ", "alicE"] {
            log_in(&attacker, name, "guess").await.is(wrong.0, wrong.1);
        }
        let watch = NoSideEffects::of(&app).await;
        // From now on the right password is refused like a wrong one, for every client.
        for client in [attacker, app.guest().await] {
            for password in ["guess", PASSWORD] {
                let (answer, statements) = cost(&recorded, log_in(&client, "alice", password)).await;
                is_limited(&answer, "name");
                assert_eq!(statements, [""; 0]);
            }
        }
        watch.unchanged("a guess too many").await;
        // Other users are not locked out, and existing sessions remain valid.
        app.guest().await.log_in("bob").await;
        alice.say("still here").await;
    }

    async fn limit_does_not_reveal_unknown_names(db: &TestDatabase) {
        let rate = RateOptions {
            login_name: at_once(2),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        app.user("alice").await;
        let attacker = app.guest().await;
        let mut answers = Vec::new();
        for name in ["alice", "nobody"] {
            let mut seen = Vec::new();
            for _ in 0..4 {
                let answer = log_in(&attacker, name, "guess").await;
                seen.push((answer.status, answer.code().to_owned()));
            }
            answers.push(seen);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0][1].0, 401);
        assert_eq!(answers[0][2].0, 429);
    }

    async fn password_guesses_of_one_address_are_limited(db: &TestDatabase) {
        let rate = RateOptions {
            login_address: at_once(5),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        app.user("alice").await;
        // Successful logins, from one office, do not count.
        for _ in 0..8 {
            app.guest().await.log_in("alice").await;
        }
        let attacker = app.guest().await;
        for name in ["a", "b", "c", "d", "e"] {
            log_in(&attacker, name, "guess").await.is(401, "invalid_credentials");
        }
        is_limited(&log_in(&attacker, "f", "guess").await, "address");
        is_limited(&log_in(&attacker, "alice", PASSWORD).await, "address");
    }

    async fn password_changes_count_like_logins(db: &TestDatabase) {
        let rate = RateOptions {
            login_name: at_once(4),
            login_address: at_once(16),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        let [alice, bob, carol, dave] = [app.user("alice").await, app.user("bob").await, app.user("carol").await, app.user("dave").await];
        let change = async |client: &Client, current: &str, new: &str| {
            let body = json!({ "current_password": current, "new_password": new });
            client.post("/unicom/auth/password/", body).await
        };
        // A right password does not count as a guess, nor does a refused new password.
        let other = "another pass phrase";
        for (current, new) in [(PASSWORD, other), (other, PASSWORD), (PASSWORD, other), (other, PASSWORD)] {
            change(&alice, current, new).await.ok();
            change(&alice, new, "password1").await.is(400, "invalid_body");
        }
        for _ in 0..4 {
            change(&alice, "guess", other).await.is(401, "invalid_credentials");
        }
        let watch = NoSideEffects::of(&app).await;
        is_limited(&change(&alice, PASSWORD, other).await, "name");
        watch.unchanged("a guess too many").await;
        // Guesses in a session do not prevent the user from logging in.
        log_in(&app.guest().await, "alice", PASSWORD).await.ok();
        // Nor do guesses at the login, which any client can send, prevent the user from changing
        // the password.
        for _ in 0..4 {
            log_in(&app.guest().await, "ＣＡＲＯＬ", "guess").await.is(401, "invalid_credentials");
        }
        is_limited(&log_in(&app.guest().await, "carol", PASSWORD).await, "name");
        change(&carol, PASSWORD, other).await.ok();
        // The address counts both.
        for _ in 0..4 {
            change(&bob, "guess", other).await.is(401, "invalid_credentials");
        }
        for _ in 0..4 {
            log_in(&app.guest().await, "dave", "guess").await.is(401, "invalid_credentials");
        }
        is_limited(&change(&dave, PASSWORD, other).await, "address");
    }

    async fn default_limit_admits_50_of_120_concurrent_guesses(db: &TestDatabase) {
        // The default rates, except for the rate of the address, which would refuse some of the
        // logins.
        let rate = RateOptions { login_address: at_once(1000), ..RateOptions::default() };
        let app = TestApp::with_options(db, rates(rate)).await;
        app.user("alice").await;
        let spellings = ["alice", "ALICE", " alice", "Alice "];
        let attacker = app.guest().await;
        let guesses = (0..120).map(|number| log_in(&attacker, spellings[number % 4], "guess"));
        let answers = futures_util::future::join_all(guesses).await;
        let with = |status| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((with(401), with(429)), (50, 70));
    }

    async fn concurrent_guesses_do_not_exceed_the_limit(db: &TestDatabase) {
        let rate = RateOptions {
            login_name: at_once(5),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, rates(rate)).await;
        app.user("alice").await;
        let attacker = app.guest().await;
        let guesses = (0..40).map(|_| log_in(&attacker, "alice", "guess"));
        let answers = futures_util::future::join_all(guesses).await;
        let asked = answers.iter().filter(|answer| answer.status == 401).count();
        assert_eq!(asked, 5);
        for refused in answers.iter().filter(|answer| answer.status != 401) {
            is_limited(refused, "name");
        }
    }
}
