//! Tests of API tokens: a request with a token acts as the token's user, regardless of its cookies.

use diesel::connection::SimpleConnection;
use reqwest::Method;
use serde_json::json;
use unicom_auth::{Scope, tokens};
use unicom_db::{Db, DbError, on_engine};
use unicom_testing::TestDatabase;

use super::path;
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn token_authenticates_as_its_user_on_every_route(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let eve = app.new_user("eve", false).await;
        let program = Client::new(app.base()).with_bearer(&app.token(&eve).await);
        let session = program.session().await;
        assert_eq!(session["authenticated"], true);
        assert_eq!(session["user"]["username"], "eve");
        assert!(session["csrf_token"].is_null());
        let sent = program.send(json!({ "text": "from a program" })).await;
        for name in ["sessionid", "csrftoken"] {
            assert!(sent.set_cookie(name).is_none(), "{name}");
        }
        let sent = sent.ok();
        assert_eq!(sent["chat_id"], format!("webchat_user_{}", eve.id));
        // The same chat as in a browser.
        let browser = app.guest().await;
        browser.log_in("eve").await;
        assert_eq!(browser.texts().await, ["from a program"]);
        let picture = program.send_file("a.png", super::PNG).await.ok();
        let url = picture["message"]["media_url"].as_str().unwrap();
        assert_eq!(program.get(url).await.body, super::PNG);
        assert_eq!(app.count("unicom_sessions").await, 1);
    }

    async fn token_takes_precedence_over_a_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (eve, root) = (
            app.new_user("eve", false).await,
            app.new_user("root", true).await,
        );
        let (eves, roots) = (app.token(&eve).await, app.token(&root).await);
        let (as_root, as_alice) = (app.guest().await, app.user("alice").await);
        as_root.log_in("root").await;
        as_alice.say("from alice").await;

        // A user's token in an admin's browser gives no admin access.
        let both = as_root.copy().with_bearer(&eves);
        assert_eq!(both.session().await["user"]["username"], "eve");
        both.get(&path("channels/")).await.is(403, "staff_only");
        both.post(&path("members/"), json!({ "name": "x" }))
            .await
            .is(403, "staff_only");

        // An admin's token in a user's browser: the admin is the author of everything.
        let both = as_alice.copy().with_bearer(&roots);
        both.get(&path("channels/")).await.ok();
        assert!(both.texts().await.is_empty());
        let sent = both.send(json!({ "text": "from root" })).await.ok();
        assert_eq!(sent["chat_id"], format!("webchat_user_{}", root.id));
        both.post(&path("members/"), json!({ "name": "x" }))
            .await
            .ok();
        let line = app.trail().await.remove(0);
        assert!(line.actor.starts_with("token:"), "{}", line.actor);
        assert_eq!(as_alice.texts().await, ["from alice"]);
        // The browser's session is unaffected.
        assert_eq!(as_alice.session().await["user"]["username"], "alice");
    }

    async fn token_requests_need_and_get_no_csrf_token(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        for (method, rest) in [(Method::GET, "members/"), (Method::POST, "members/")] {
            let request = program.request(method, &path(rest)).csrf(None);
            let answer = request.json(&json!({ "name": "x" })).send().await;
            assert!(answer.headers.get("set-cookie").is_none());
            answer.ok();
        }
        // A valid CSRF token in the same request does not help, whatever session it belongs to.
        let with_page = app.guest_who_wrote("hi").await.with_bearer("uct_wrong");
        let watch = NoSideEffects::of(&app).await;
        let request = with_page
            .request(Method::POST, "/unicom/webchat/send/")
            .json(&json!({ "text": "x" }));
        watch
            .refused("a wrong token", request, (401, "invalid_credentials"))
            .await;
    }

    async fn tokens_cannot_use_session_routes(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let eve = app.new_user("eve", false).await;
        let program = Client::new(app.base()).with_bearer(&app.token(&eve).await);
        program.session().await;
        let login = json!({ "username": "alice", "password": PASSWORD });
        let new = json!({ "username": "mallory", "password": PASSWORD });
        let watch = NoSideEffects::of(&app).await;
        for (rest, body) in [("login", login), ("register", new), ("logout", json!({}))] {
            let request = program.request(Method::POST, &format!("/unicom/auth/{rest}/"));
            watch
                .refused(rest, request.json(&body), (400, "invalid_parameter"))
                .await
                .names("`Authorization`");
        }
    }

    async fn accepted_authorization_headers(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await;
        let secret = app.token(&root).await;
        let plain = Client::new(app.base());
        let shown = async |value: &str| {
            let request = plain.request(Method::GET, &path("channels/"));
            request.header("authorization", value).send().await
        };
        for value in [
            format!("Bearer {secret}"),
            format!("bearer  {secret}"),
            format!("BEARER {secret}"),
        ] {
            shown(&value).await.ok();
        }
        for value in [
            "Bearer",
            "Bearer ",
            &format!("Bearer {secret} {secret}"),
            &format!("Bearer {secret}0"),
        ] {
            shown(value).await.is(401, "invalid_credentials");
        }
        let upper = secret.to_uppercase();
        shown(&format!("Bearer {upper}"))
            .await
            .is(401, "invalid_credentials");
        // Other authorization schemes may be used by a proxy.
        for value in [
            format!("Basic {secret}"),
            format!("Token {secret}"),
            secret.clone(),
        ] {
            shown(&value).await.is(401, "login_required");
        }
        let twice = plain.request(Method::GET, &path("channels/"));
        let twice = twice
            .header("authorization", &format!("Bearer {secret}"))
            .header("authorization", "Basic x");
        twice.send().await.is(401, "invalid_credentials");
        for query in ["token", "access_token", "bearer", "authorization"] {
            let asked = path(&format!("channels/?{query}={secret}"));
            plain.get(&asked).await.is(401, "login_required");
        }
    }

    async fn only_the_token_hash_is_stored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await;
        let secret = app.token(&root).await;
        assert!(secret.len() == 68 && secret.starts_with("uct_"));
        assert!(secret[4..].bytes().all(|byte| byte.is_ascii_hexdigit()));
        let rows = app.rows().await;
        assert!(
            rows.values()
                .flatten()
                .all(|row| !row.contains(&secret[4..]))
        );
        let listed = async || {
            let listed = app.database().read(tokens::list);
            listed.await.unwrap().remove(0)
        };
        assert!(listed().await.last_used_at.is_none());
        let program = Client::new(app.base()).with_bearer(&secret);
        program.get(&path("channels/")).await.ok();
        let noted = listed().await.last_used_at;
        assert!(noted.is_some());
        let watch = NoSideEffects::of(&app).await;
        for _ in 0..3 {
            program.get(&path("channels/")).await.ok();
        }
        watch.unchanged("reading").await;
        assert_eq!(listed().await.last_used_at, noted);
        let shown = format!("{:?} {}", listed().await, json!(listed().await));
        assert!(
            !shown.contains("hash") && !shown.contains("uct_"),
            "{shown}"
        );
    }

    async fn database_error_is_not_reported_as_a_missing_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let id = app.new_user("root", true).await.id;
        let failed = app.database().write(move |tx| {
            let db: &mut Db = tx;
            on_engine!(db, conn => conn.batch_execute("ALTER TABLE unicom_api_tokens RENAME TO gone"))
                .map_err(DbError::from)?;
            tokens::create(tx, id, "x", Scope::Admin, None)
        });
        let error = failed.await.unwrap_err();
        assert!(matches!(error, tokens::CreateTokenError::Db(_)), "{error}");
    }

    async fn deleting_a_user_deletes_the_tokens(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await;
        app.token(&root).await;
        let refused = app
            .database()
            .write(|tx| tokens::create(tx, 4711, "x", Scope::Admin, None));
        let error = refused.await.unwrap_err().to_string();
        assert_eq!(error, "user `4711` does not exist");
        for name in ["", " ", "a\nb", "a\0", &"x".repeat(151)] {
            let (name, id) = (name.to_owned(), root.id);
            let refused = app
                .database()
                .write(move |tx| tokens::create(tx, id, &name, Scope::Admin, None));
            let error = refused.await.unwrap_err().to_string();
            assert!(error.contains("`name`"), "{error}");
        }
        let revoked = app.database().write(|tx| tokens::revoke(tx, 4711));
        assert!(!revoked.await.unwrap());
        let (id, past) = (root.id, app.database().now());
        let refused = app
            .database()
            .write(move |tx| tokens::create(tx, id, "x", Scope::Admin, Some(past)));
        assert!(
            refused
                .await
                .unwrap_err()
                .to_string()
                .contains("`expires_at`")
        );
        assert_eq!(app.count("unicom_api_tokens").await, 1);
    }
}
