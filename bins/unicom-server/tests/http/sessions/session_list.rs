//! Tests of a user's sessions: listing them, and ending one (ASVS 5.0, 7.5.2).

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_auth::Scope;
use unicom_testing::{TestClock, TestDatabase};

use crate::app::{PASSWORD, Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

const LIST: &str = "/unicom/auth/sessions/";

async fn listed(client: &Client) -> Vec<Value> {
    let body = client.get(LIST).await.ok();
    body["sessions"].as_array().unwrap().clone()
}

async fn current(client: &Client) -> String {
    let listed = listed(client).await;
    let mut current = listed.iter().filter(|session| session["current"] == true);
    let id = current.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(current.next().is_none());
    id
}

fn end<'a>(client: &'a Client, id: &str) -> crate::client::Request<'a> {
    client.request(Method::DELETE, &format!("{LIST}{id}/"))
}

/// Logs in with a browser that sends this user agent.
async fn with_browser(app: &TestApp, name: &str, browser: &str) -> Client {
    let client = app.guest().await;
    let body = json!({ "username": name, "password": PASSWORD });
    let request = client
        .request(Method::POST, "/unicom/auth/login/")
        .json(&body);
    request.header("user-agent", browser).send().await.ok();
    client
}

async fn is_out(client: &Client) -> bool {
    client.session().await["authenticated"] == false
}

both! {
    async fn user_can_list_and_end_sessions(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let laptop = app.user("alice").await;
        let phone = with_browser(&app, "alice", "Phone/7").await;
        let thief = with_browser(&app, "alice", &"evil ".repeat(200)).await;
        app.user("bob").await;
        let sessions = listed(&laptop).await;
        let browsers: Vec<&Value> = sessions.iter().map(|session| &session["user_agent"]).collect();
        // Newest first. The user agent is truncated.
        assert_eq!(browsers, [&json!("evil ".repeat(40)), &json!("Phone/7"), &Value::Null]);
        let current_ones: Vec<bool> = sessions.iter().map(|session| session["current"] == true).collect();
        assert_eq!(current_ones, [false, false, true]);
        for session in &sessions {
            assert!(session["expires_at"].as_str() > session["created_at"].as_str(), "{session}");
        }
        let id = sessions[0]["id"].as_str().unwrap();
        end(&laptop, id).send().await.ok();
        assert!(is_out(&thief).await && !is_out(&phone).await && !is_out(&laptop).await);
        assert_eq!(listed(&phone).await.len(), 2);
        end(&laptop, id).send().await.is(404, "not_found");
    }

    async fn session_id_gives_no_access(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let id = current(&alice).await;
        let rows = app.rows().await;
        let hashes = rows["unicom_sessions"].iter().filter(|row| row.contains(&id)).count();
        assert_eq!(hashes, 1);
        let secret = alice.cookie("sessionid").unwrap();
        assert!(!secret.contains(&id));
        let stranger = app.guest().await;
        stranger.set_cookie("sessionid", &id);
        assert!(is_out(&stranger).await);
    }

    async fn ending_the_current_session_logs_out(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, phone) = (app.user("alice").await, app.guest().await);
        phone.log_in("alice").await;
        let before = alice.copy();
        end(&alice, &current(&alice).await).send().await.ok();
        assert!(alice.cookie("sessionid").is_none());
        assert!(is_out(&alice).await && is_out(&before).await && !is_out(&phone).await);
    }

    async fn foreign_and_missing_sessions_are_indistinguishable(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, bob) = (app.user("alice").await, app.user("bob").await);
        let guest = app.guest_who_wrote("hi").await;
        let guests = guest.account_id().await;
        let guests = guests.rsplit('_').next().unwrap().to_owned();
        let bobs = current(&bob).await;
        let watch = NoSideEffects::of(&app).await;
        let mut bodies = Vec::new();
        let strange = ["x", "0", "%00", "%25", "..%2f", &"a".repeat(2000)];
        for id in [&*bobs, &*guests, &*bobs.to_uppercase()].into_iter().chain(strange) {
            let answer = watch.refused(id, end(&alice, id), (404, "not_found")).await;
            bodies.push(answer.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
        assert!(!is_out(&bob).await);
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn session_list_requires_a_session_of_a_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let id = current(&alice).await;
        let program = app.program_for("alice", Scope::Admin).await;
        let (anonymous, guest) = (app.guest().await, app.guest_who_wrote("hi").await);
        let watch = NoSideEffects::of(&app).await;
        for (who, client, refusal) in [
            ("a program", &program, (400, "invalid_parameter")),
            ("anonymous", &anonymous, (401, "login_required")),
            ("a guest", &guest, (401, "login_required")),
        ] {
            watch.refused(who, client.request(Method::GET, LIST), refusal).await;
            watch.refused(who, end(client, &id), refusal).await;
        }
        let without_token = end(&alice, &id).csrf(None);
        watch.refused("a page of another site", without_token, (403, "csrf_failed")).await;
    }

    async fn expired_sessions_are_not_listed(db: &TestDatabase) {
        let clock = TestClock::new();
        let setup = Setup { clock: Some(clock.clone()), ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let phone = app.user("alice").await;
        clock.advance(Duration::from_secs(15 * 24 * 60 * 60));
        let laptop = app.guest().await;
        laptop.log_in("alice").await;
        // Its row remains until housekeeping deletes it.
        assert_eq!(app.number("SELECT count(*) AS number FROM unicom_sessions").await, 2);
        assert_eq!(listed(&laptop).await.len(), 1);
        assert!(is_out(&phone).await);
    }
}
