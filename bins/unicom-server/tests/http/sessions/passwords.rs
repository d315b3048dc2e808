//! Tests of passwords: changing them, and refusing those that are too easy to guess (ASVS 5.0,
//! 6.2).

use futures_util::future::join;
use reqwest::Method;
use serde_json::json;
use unicom_auth::Scope;
use unicom_auth::users::NewUser;
use unicom_testing::TestDatabase;

use super::{change_password, log_in, try_register};
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

const NEW: &str = "wheels spokes and a bell";

both! {
    async fn password_change_ends_all_other_sessions(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let laptop = app.user("alice").await;
        laptop.say("hi").await;
        let phone = app.guest().await;
        phone.log_in("alice").await;
        let bob = app.user("bob").await;
        let before = laptop.copy();

        let answer = change_password(&laptop, NEW).await;
        let secrets = [PASSWORD, NEW, "argon2"];
        assert!(secrets.iter().all(|secret| !answer.text().contains(secret)));
        let state = answer.ok();
        assert_eq!(state["user"]["username"], "alice");
        assert_eq!(state["csrf_token"], *laptop.cookie("csrftoken").unwrap());
        for cookie in ["sessionid", "csrftoken"] {
            assert_ne!(laptop.cookie(cookie), before.cookie(cookie), "{cookie}");
        }
        // This session remains valid. The previous cookies and the user's other sessions do not.
        laptop.say("with the new one").await;
        assert_eq!(laptop.texts().await, ["hi", "with the new one"]);
        for ended in [&before, &phone] {
            assert_eq!(ended.session().await["authenticated"], false);
        }
        assert_eq!(bob.session().await["authenticated"], true);
        log_in(&phone, "alice", PASSWORD).await.is(401, "invalid_credentials");
        log_in(&phone, "alice", NEW).await.ok();
        assert_eq!(phone.texts().await, ["hi", "with the new one"]);

        let line = app.newest_line().await;
        let id = state["user"]["id"].as_str().unwrap();
        let entry = (line.actor.as_str(), line.action.as_str(), line.subject.as_str());
        assert_eq!(entry, (&*format!("user:{id}"), "user.set_password", &*format!("user:{id}")));
        assert!(secrets.iter().all(|secret| !line.details.to_string().contains(secret)));
    }

    async fn password_change_requires_the_current_password(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let watch = NoSideEffects::of(&app).await;
        for wrong in ["", "wrong", &PASSWORD.to_uppercase(), &format!("{PASSWORD} "), &"x".repeat(10_000)] {
            let body = json!({ "current_password": wrong, "new_password": NEW });
            let request = alice.request(Method::POST, "/unicom/auth/password/").json(&body);
            let answer = watch.refused(wrong, request, (401, "invalid_credentials")).await;
            assert!(answer.set_cookie("sessionid").is_none());
        }
        assert_eq!(alice.session().await["authenticated"], true);
        app.guest().await.log_in("alice").await;
    }

    async fn password_change_requires_a_session_of_the_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        let program = app.program_for("alice", Scope::Admin).await;
        let (anonymous, guest) = (app.guest().await, app.guest_who_wrote("hi").await);
        let body = json!({ "current_password": PASSWORD, "new_password": NEW });
        let watch = NoSideEffects::of(&app).await;
        for (who, client, refusal) in [
            ("a program", &program, (400, "invalid_parameter")),
            ("anonymous", &anonymous, (401, "login_required")),
            ("a guest", &guest, (401, "login_required")),
        ] {
            let request = client.request(Method::POST, "/unicom/auth/password/").json(&body);
            watch.refused(who, request, refusal).await;
        }
        app.guest().await.log_in("alice").await;
    }

    async fn guessable_new_password_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let fields = json!({
            "username": "Ludwig.Wittgenstein", "email": "tractatus-logico@philosophy.example",
            "display_name": "Professor Luckyluke",
        });
        let user = app.guest().await;
        try_register(&user, fields.clone()).await.ok();
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let easy = [
            "12345678", "password", "PassWord1", "p4ssw0rd!", "qwertyuiop", "iloveyou", "aaaaaaaaaa", "19991231",
            "ludwig.wittgenstein", "LUDWIG.WITTGENSTEIN", "ｌｕｄｗｉｇ．ｗｉｔｔｇｅｎｓｔｅｉｎ", "wittgenstein1",
            "tractatus-logico@philosophy.example", "Tractatus-Logico", "professor luckyluke", "luckyluke7",
            "alice-password", "unicom123",
        ];
        for password in easy {
            let body = json!({ "current_password": PASSWORD, "new_password": password });
            let request = user.request(Method::POST, "/unicom/auth/password/").json(&body);
            let answer = watch.refused(password, request, (400, "invalid_body")).await;
            answer.names("`new_password`").names("easy to guess: choose");
            let mut body = fields.clone();
            body["password"] = json!(password);
            let request = guest.request(Method::POST, "/unicom/auth/register/").json(&body);
            let answer = watch.refused(password, request, (400, "invalid_body")).await;
            answer.names("`password`").names("easy to guess: choose");
        }
        for (password, word) in [
            (PASSWORD.to_owned(), "must differ from `current_password`"),
            ("short".to_owned(), "8 to 256"),
            ("x".repeat(257), "8 to 256"),
            (format!("{NEW}\0"), "NUL"),
        ] {
            let body = json!({ "current_password": PASSWORD, "new_password": password });
            let request = user.request(Method::POST, "/unicom/auth/password/").json(&body);
            let answer = watch.refused(&password, request, (400, "invalid_body")).await;
            answer.names("`new_password`").names(word);
        }
        // A password may contain any characters, including surrounding spaces, and is not
        // truncated.
        for (old, new) in [
            (PASSWORD, " три зелёных мяча 🚲 "),
            (" три зелёных мяча 🚲 ", &"correct horse ".repeat(18)),
        ] {
            let body = json!({ "current_password": old, "new_password": new });
            user.post("/unicom/auth/password/", body).await.ok();
            let phone = app.guest().await;
            log_in(&phone, "ludwig.wittgenstein", new.trim()).await.is(401, "invalid_credentials");
            log_in(&phone, "ludwig.wittgenstein", new).await.ok();
        }
    }

    async fn existing_guessable_password_can_log_in_and_be_changed(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let new = NewUser::check("alice", "12345678", None, None).unwrap();
        app.created(new, "12345678").await;
        let alice = app.guest().await;
        log_in(&alice, "alice", "12345678").await.ok();
        let body = json!({ "current_password": "12345678", "new_password": NEW });
        alice.post("/unicom/auth/password/", body).await.ok();
        log_in(&app.guest().await, "alice", NEW).await.ok();
    }

    async fn only_one_of_two_concurrent_changes_succeeds(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (one, other) = (app.user("alice").await, app.guest().await);
        other.log_in("alice").await;
        let (first, second) = ("one new pass phrase", "another new pass phrase");
        let answers = join(change_password(&one, first), change_password(&other, second)).await;
        let (won, lost, new) = match (answers.0.status, answers.1.status) {
            (200, _) => (&one, (&other, &answers.1), first),
            (_, 200) => (&other, (&one, &answers.0), second),
            statuses => panic!("{statuses:?}"),
        };
        // Its password is wrong by then, or its session has ended.
        assert!([401, 403].contains(&lost.1.status), "{}", lost.1.text());
        assert_eq!(lost.0.session().await["authenticated"], false);
        assert_eq!(won.session().await["authenticated"], true);
        log_in(&app.guest().await, "alice", new).await.ok();
    }

    async fn tokens_stay_valid_unless_revoked_on_request(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        app.user("bob").await;
        let (program, bobs) = (
            app.program_for("alice", Scope::Write).await,
            app.program_for("bob", Scope::Write).await,
        );
        change_password(&alice, NEW).await.ok();
        program.say("still here").await;
        let body = json!({ "current_password": NEW, "new_password": PASSWORD, "revoke_tokens": true });
        alice.post("/unicom/auth/password/", body).await.ok();
        program.get("/unicom/auth/session/").await.is(401, "invalid_credentials");
        bobs.say("bob is").await;
        assert_eq!(app.newest_line().await.details["revoked_tokens"].as_array().unwrap().len(), 1);
    }
}
