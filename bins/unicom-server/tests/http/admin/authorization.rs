//! Tests of every admin route with every kind of client: only admins are let in, and refused
//! requests leave nothing behind.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::fixture::Resources;
use super::path;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn only_admins_have_access(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let resources = Resources::made_by(&program, &app, "things").await;
        let eve = app.new_user("eve", false).await;
        let eves_token = Client::new(app.base()).with_bearer(&app.token(&eve).await);
        // The token's first use is stored. After that, reading writes nothing.
        eves_token.session().await;
        let (guest, alice) = (app.guest_who_wrote("hi").await, app.user("alice").await);
        let others = [
            ("anonymous", Client::new(app.base()), (401, "login_required")),
            (
                "a client with a page",
                app.guest().await,
                (401, "login_required"),
            ),
            ("a guest", guest, (401, "login_required")),
            ("a user", alice, (403, "staff_only")),
            ("a user's token", eves_token, (403, "staff_only")),
        ];
        let watch = NoSideEffects::of(&app).await;
        for (who, client, refusal) in &others {
            for route in resources.routes().iter().chain(&resources.further_routes()) {
                let what = format!("{} {} by {who}", route.method, route.path);
                // A client without a CSRF token and without an API token is refused like a page of
                // another site.
                let has_page = client.cookie("csrftoken").is_some() || *who == "a user's token";
                let refusal = if has_page || !route.writes() {
                    *refusal
                } else {
                    (403, "csrf_failed")
                };
                let client = &if *who == "anonymous" {
                    Client::new(app.base())
                } else {
                    client.copy()
                };
                watch.refused(&what, route.ask(client), refusal).await;
            }
        }
    }

    async fn invalid_tokens_give_no_access(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let resources = Resources::made_by(&program, &app, "things").await;
        let (root, gone) = (
            app.new_user("chief", true).await,
            app.new_user("gone", true).await,
        );
        let expired = app.expired_token(&root).await;
        let (revoked_id, revoked) = app.numbered_token(&root).await;
        let of_gone = app.token(&gone).await;
        for secret in [&revoked, &of_gone] {
            let client = Client::new(app.base()).with_bearer(secret);
            client.get(&path("channels/")).await.ok();
        }
        app.revoke(revoked_id).await;
        let id = gone.id;
        let off = app
            .database()
            .write(move |tx| unicom_auth::users::set_active(tx, id, false));
        off.await.unwrap();
        // An admin's session in the same request does not help.
        let session = app.guest().await;
        session.log_in("chief").await;
        let zeros = format!("uct_{}", "0".repeat(64));
        let wrong = [&expired, &revoked, &of_gone, &zeros, "uct_", "x", "urq_1"];
        let watch = NoSideEffects::of(&app).await;
        let mut bytes = None;
        for secret in wrong {
            for client in [Client::new(app.base()), session.copy()] {
                let client = client.with_bearer(secret);
                for route in resources.routes() {
                    let answer = route.ask(&client).send().await;
                    answer.is(401, "invalid_credentials");
                    assert!(answer.headers.get("set-cookie").is_none());
                    assert_eq!(bytes.get_or_insert(answer.body.clone()), &answer.body);
                }
                watch.unchanged(secret).await;
            }
        }
    }

    async fn admins_have_access_by_session_and_by_token(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        app.new_user("chief", true).await;
        let session = app.guest().await;
        session.log_in("chief").await;
        for (name, client) in [("by-session", &session), ("by-token", &program)] {
            let resources = Resources::made_by(client, &app, name).await;
            for route in resources.routes() {
                if !route.writes() {
                    let answer = client.head(route.path.trim_end_matches('/')).await;
                    assert_eq!(answer.status, 200, "HEAD {}", route.path);
                }
                let answer = route.ask(client).send().await;
                let what = format!("{} {} {name}: {}", route.method, route.path, answer.text());
                assert!((200..300).contains(&answer.status), "{what}");
                if route.path.contains("/media/") {
                    continue;
                }
                assert_eq!(answer.header("cache-control"), "no-store", "{what}");
                for secret in ["password", "hash", "argon2", "uct_"] {
                    assert!(!answer.text().contains(secret), "{what}");
                }
            }
            for route in resources.further_routes() {
                route.ask(client).send().await.is(404, "not_found");
            }
        }
    }

    async fn writes_of_a_session_require_its_csrf_token(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let resources = Resources::made_by(&program, &app, "things").await;
        app.new_user("chief", true).await;
        let session = app.guest().await;
        session.log_in("chief").await;
        let foreign = app.guest().await.cookie("csrftoken").unwrap();
        let watch = NoSideEffects::of(&app).await;
        for route in resources.routes() {
            if route.writes() {
                let what = format!("{} {}", route.method, route.path);
                for csrf in [None, Some(foreign.as_str())] {
                    let request = route.ask(&session).csrf(csrf);
                    watch.refused(&what, request, (403, "csrf_failed")).await;
                }
                let request = route.ask(&session).header("origin", "https://evil.example");
                watch.refused(&what, request, (403, "csrf_failed")).await;
            }
        }
    }

    async fn former_admins_lose_access_immediately(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (chief, session) = (app.new_user("chief", true).await, app.guest().await);
        session.log_in("chief").await;
        let program = Client::new(app.base()).with_bearer(&app.token(&chief).await);
        for client in [&session, &program] {
            client.get(&path("audit/")).await.ok();
        }
        let id = chief.id;
        let off = app
            .database()
            .write(move |tx| unicom_auth::users::set_active(tx, id, false));
        off.await.unwrap();
        session.get(&path("audit/")).await.is(401, "login_required");
        program
            .get(&path("audit/"))
            .await
            .is(401, "invalid_credentials");
    }

    async fn unknown_admin_paths_are_not_found(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        for rest in [
            "",
            "users/",
            "tokens/",
            "channels/1/secrets/",
            "../admin/users/",
        ] {
            program.get(&path(rest)).await.is(404, "not_found");
        }
        program
            .put(&path("channels/"), json!({}))
            .await
            .is(405, "method_not_allowed");
        program
            .delete(&path("audit/"))
            .await
            .is(405, "method_not_allowed");
    }
}
