//! Tests of registering and logging in: what is checked, and what is not revealed.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn unknown_name_and_wrong_password_are_indistinguishable(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        let guest = app.guest_who_wrote("hi").await;
        let session = guest.cookie("sessionid");
        let watch = NoSideEffects::of(&app).await;
        let mut bodies = Vec::new();
        for (name, password) in [
            ("alice", "wrong"),
            ("nobody", PASSWORD),
            ("alice", ""),
            ("", PASSWORD),
            ("alice\0", PASSWORD),
            ("' OR '1'='1", PASSWORD),
            ("alice'--", "x"),
            ("alice", &"x".repeat(10_000)),
            (&"x".repeat(10_000), "x"),
        ] {
            let body = json!({ "username": name, "password": password });
            let request = guest
                .request(Method::POST, "/unicom/auth/login/")
                .json(&body);
            let answer = watch
                .refused(name, request, (401, "invalid_credentials"))
                .await;
            assert!(answer.set_cookie("sessionid").is_none());
            bodies.push(answer.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
        assert_eq!(guest.cookie("sessionid"), session);
    }

    /// Compares medians of logins that take turns, so that other load on the machine affects all
    /// equally.
    async fn failed_logins_take_equal_time(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        let gone = app.new_user("gone", false).await.id;
        app.database().write(move |tx| unicom_auth::users::set_active(tx, gone, false)).await.unwrap();
        let guest = app.guest().await;
        let cases = [("alice", "a wrong password"), ("nobody", "a wrong password"), ("gone", PASSWORD), ("gone", "x")];
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..25 {
            for (case, (name, password)) in cases.iter().enumerate() {
                let body = json!({ "username": name, "password": password });
                let began = std::time::Instant::now();
                guest.post("/unicom/auth/login/", body).await.is(401, "invalid_credentials");
                times[case].push(began.elapsed());
            }
        }
        let medians = times.map(|mut times| {
            times.sort();
            times[times.len() / 2]
        });
        let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
        // Without a hash to check, an unknown name would take a tenth of the time or less.
        assert!(*least * 2 > *most, "{medians:?}");
    }

    async fn login_requires_both_fields(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (body, word) in [
            (json!({}), "`username`"),
            (json!({ "username": "alice" }), "`password`"),
            (json!({ "username": null, "password": "x" }), "`username`"),
            (json!({ "username": "alice", "password": 7 }), "`password`"),
            (
                json!({ "username": ["alice"], "password": "x" }),
                "`username`",
            ),
            (json!([]), "object"),
            (json!("alice"), "object"),
        ] {
            for path in ["/unicom/auth/login/", "/unicom/auth/register/"] {
                let request = guest.request(Method::POST, path).json(&body);
                watch
                    .refused(path, request, (400, "invalid_body"))
                    .await
                    .names(word);
            }
        }
    }

    async fn new_users_are_validated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let with = |field: &str, value: Value| {
            let mut body = json!({ "username": "alice", "password": PASSWORD });
            body[field] = value;
            body
        };
        for (body, word) in [
            (with("username", json!("")), "`username`"),
            (with("username", json!("two words")), "`username`"),
            (with("username", json!("a\u{0}b")), "`username`"),
            (with("username", json!("x".repeat(151))), "`username`"),
            (with("username", json!("<script>")), "`username`"),
            (with("password", json!("short")), "`password`"),
            (with("password", json!("x".repeat(257))), "`password`"),
            (with("email", json!("nobody")), "`email`"),
            (with("email", json!("a@b@c")), "`email`"),
            (with("email", json!("a\u{0}@b.example")), "`email`"),
            (with("email", json!(7)), "`email`"),
            (
                with("display_name", json!("x".repeat(151))),
                "`display_name`",
            ),
            (with("display_name", json!("a\u{0}")), "`display_name`"),
            (with("display_name", json!(true)), "`display_name`"),
        ] {
            let request = guest
                .request(Method::POST, "/unicom/auth/register/")
                .json(&body);
            watch
                .refused(&body.to_string(), request, (400, "invalid_body"))
                .await
                .names(word);
        }
        guest.session().await;
        assert!(guest.cookie("sessionid").is_none());
    }

    async fn usernames_are_unique_ignoring_case(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("Alice").await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for name in ["Alice", "alice", "ALICE", " alice "] {
            let body = json!({ "username": name, "password": PASSWORD });
            let request = guest
                .request(Method::POST, "/unicom/auth/register/")
                .json(&body);
            watch.refused(name, request, (409, "username_taken")).await;
        }
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn session_route_describes_the_client(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let client = app.guest().await;
        let token = client.cookie("csrftoken").unwrap();
        assert_eq!(
            client.session().await,
            json!({
                "success": true, "authenticated": false, "user": null, "account_id": null,
                "csrf_token": token,
            })
        );
        let account = client.say("hi").await["chat_id"].clone();
        assert_eq!(
            client.session().await,
            json!({
                "success": true, "authenticated": false, "user": null, "account_id": account,
                "csrf_token": token,
            })
        );
        let body = json!({
            "username": "alice", "password": PASSWORD, "display_name": "Alice A.",
            "email": " Alice@Example.com ",
        });
        let answer = client.post("/unicom/auth/register/", body).await;
        assert_eq!(answer.status, 201);
        let expected = json!({
            "success": true, "authenticated": true, "account_id": "webchat_user_1",
            "csrf_token": client.cookie("csrftoken").unwrap(),
            "user": { "id": "1", "username": "alice", "display_name": "Alice A.",
                "email": "alice@example.com" },
        });
        assert_eq!(answer.json, expected);
        assert_eq!(client.session().await, expected);
        assert_eq!(client.say("hi").await["sender_name"], "Alice A.");
        client.log_out().await;
        assert_eq!(client.session().await["authenticated"], false);
        let again = client.log_in("alice").await;
        assert_eq!(again["user"], expected["user"]);
        assert_eq!(again["csrf_token"], *client.cookie("csrftoken").unwrap());
    }
}
