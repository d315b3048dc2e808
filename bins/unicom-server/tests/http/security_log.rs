//! Tests of the security log: who logged in, who was refused, and what admins read, and nothing
//! that must not be logged.

pub mod events;

use log::Level;
use reqwest::Method;
use serde_json::json;
use unicom_auth::{Scope, tokens, users};
use unicom_server::{LoggedAddresses, Options, RateOptions, Registration};
use unicom_testing::TestDatabase;

use self::events::{
    PSEUDONYM, actor, counted, events, few, is_pseudonym, left, left_none, log_in, register,
};
use crate::admin::fixture::Resources;
use crate::admin::path;
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;

both! {
    async fn rejections_of_one_address_are_logged_at_a_limited_rate(db: &TestDatabase) {
        let options = Options { trusted_proxies: Some(vec!["127.0.0.1".to_owned()]), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let admin = app.program().await;
        let client = app.guest().await;
        let flood = async |path: &str, host: &str, address: &str| {
            let mut answers = Vec::new();
            for _ in 0..70 {
                let request = client.request(Method::GET, path).header("host", host);
                answers.push(request.header("x-forwarded-for", address).send().await);
            }
            answers
        };
        let disguised = flood("/unicom/%61", "localhost", "192.0.2.1").await;
        assert_eq!(counted(&disguised, "access.refused"), (60, 60));
        // Another reason makes no new event, and neither does another address of the same network.
        let foreign = flood("/", "evil.example", "192.0.2.1").await;
        assert_eq!(counted(&foreign, "access.refused"), (0, 0));
        let foreign = flood("/", "evil.example", "2001:db8::1").await;
        assert_eq!(counted(&foreign, "access.refused"), (60, 60));
        let foreign = flood("/", "evil.example", "2001:db8::2").await;
        assert_eq!(counted(&foreign, "access.refused"), (0, 0));
        // Refused requests that no rate counts leave no further access lines either. Accepted
        // requests leave all of theirs.
        for (path, lines) in [("/healthz", 0), ("/nothing/", 0), ("/unicom/auth/session/", 70)] {
            let answers = flood(path, "localhost", "192.0.2.1").await;
            assert_eq!(counted(&answers, "access.refused"), (0, lines), "{path}");
        }
        let answers = flood(&path("audit/"), "localhost", "192.0.2.1").await;
        assert_eq!(counted(&answers, "access.refused"), (0, 70));
        // Other events are still logged, and everything that admins do.
        let failed = client.request(Method::POST, "/unicom/auth/login/").header("x-forwarded-for", "192.0.2.1");
        let failed = failed.json(&json!({ "username": "nobody", "password": "wrong" })).send().await;
        assert_eq!(counted(&[failed.is(401, "invalid_credentials").clone()], "auth.login_failed"), (1, 1));
        let mut reads = Vec::new();
        for _ in 0..70 {
            reads.push(admin.request(Method::GET, &path("audit/")).header("x-forwarded-for", "192.0.2.1").send().await);
        }
        assert_eq!(counted(&reads, "staff.read"), (70, 70));
    }

    async fn logins_and_failed_logins_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (ada, gone) = (app.new_user("ada", false).await, app.new_user("gone", false).await);
        let root = app.new_user("root", true).await;
        let id = gone.id;
        app.database().write(move |tx| users::set_active(tx, id, false)).await.unwrap();
        let [adas, gones, roots] = [&ada, &gone, &root].map(|user| format!("user:{}", user.id));
        let client = app.guest().await;

        let wrong = log_in(&client, "ada", "a wrong password").await;
        let fields = [("reason", "wrong_password"), ("user", &adas), ("name_hash", PSEUDONYM)];
        let wrong = left(wrong.is(401, "invalid_credentials"), Level::Warn, "auth.login_failed", &fields);
        // People type passwords into the name field.
        let unknown = log_in(&client, PASSWORD, PASSWORD).await;
        let fields = [("reason", "unknown_name"), ("name_hash", PSEUDONYM)];
        let unknown = left(unknown.is(401, "invalid_credentials"), Level::Warn, "auth.login_failed", &fields);
        let nul = log_in(&client, "ada\0", PASSWORD).await;
        left(nul.is(401, "invalid_credentials"), Level::Warn, "auth.login_failed", &fields);
        for (password, reason) in [(PASSWORD, "deactivated"), ("x", "wrong_password")] {
            let off = log_in(&client, "gone", password).await;
            let fields = [("reason", reason), ("user", &*gones), ("name_hash", PSEUDONYM)];
            left(off.is(401, "invalid_credentials"), Level::Warn, "auth.login_failed", &fields);
        }
        let right = log_in(&client, " ADA ", PASSWORD).await;
        assert_eq!(right.status, 200);
        let fields = [("actor", &*adas), ("is_staff", "false"), ("name_hash", PSEUDONYM)];
        let right = left(&right, Level::Info, "auth.login", &fields);
        let admin = log_in(&app.guest().await, "root", PASSWORD).await;
        let fields = [("actor", &*roots), ("is_staff", "true"), ("name_hash", PSEUDONYM)];
        left(&admin, Level::Info, "auth.login", &fields);
        // Spellings of one user's name have the same hash in the log, and other names have other
        // hashes.
        assert_eq!(wrong.fields["name_hash"], right.fields["name_hash"]);
        assert_ne!(unknown.fields["name_hash"], right.fields["name_hash"]);
        assert_eq!(wrong.fields["source"], right.fields["source"]);
    }

    async fn rate_limited_logins_are_logged(db: &TestDatabase) {
        let rate = RateOptions {
            login_name: Some("1:2".parse().unwrap()),
            login_address: Some("1:5".parse().unwrap()),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, few(rate)).await;
        app.new_user("ada", false).await;
        let client = app.guest().await;
        let mut name_hash = None;
        for _ in 0..2 {
            let failed = log_in(&client, "ada", "guess").await;
            failed.is(401, "invalid_credentials");
            name_hash = events(&failed)[0].fields.get("name_hash").cloned();
        }
        let held_up = log_in(&client, "Ada", PASSWORD).await;
        let fields = [("by", "name"), ("name_hash", PSEUDONYM)];
        let line = left(held_up.is(429, "rate_limited"), Level::Warn, "auth.login_held_up", &fields);
        // The hash shows whose logins were refused.
        assert_eq!(line.fields.get("name_hash"), name_hash.as_ref());
        for name in ["b", "c", "d"] {
            log_in(&client, name, "guess").await.is(401, "invalid_credentials");
        }
        let held_up = log_in(&client, "e", "guess").await;
        let fields = [("by", "address"), ("name_hash", PSEUDONYM)];
        left(held_up.is(429, "rate_limited"), Level::Warn, "auth.login_held_up", &fields);
    }

    async fn registrations_are_logged(db: &TestDatabase) {
        let rate = RateOptions {
            registrations: Some("1:2".parse().unwrap()),
            ..RateOptions::default()
        };
        let app = TestApp::with_options(db, few(rate)).await;
        let new = register(&app.guest().await, "ada").await;
        assert_eq!(new.status, 201);
        left(&new, Level::Info, "auth.registered", &[("actor", "user:1"), ("name_hash", PSEUDONYM)]);
        for (status, code) in [(409, "username_taken"), (429, "rate_limited")] {
            let refused = register(&app.guest().await, "ada").await;
            let fields = [("reason", code), ("name_hash", PSEUDONYM)];
            left(refused.is(status, code), Level::Warn, "auth.registration_refused", &fields);
        }
    }

    async fn logouts_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.new_user("ada", false).await;
        for (rest, everywhere) in [("logout", "false"), ("logout-everywhere", "true")] {
            let client = app.guest().await;
            log_in(&client, "ada", PASSWORD).await.ok();
            let out = client.post(&format!("/unicom/auth/{rest}/"), json!({})).await;
            assert_eq!(out.status, 200);
            left(&out, Level::Info, "auth.logout", &[("actor", "user:1"), ("everywhere", everywhere)]);
        }
    }

    async fn invalid_tokens_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (root, gone) = (app.new_user("root", true).await, app.new_user("gone", true).await);
        let expired = app.expired_token(&root).await;
        let (revoked_id, revoked) = app.numbered_token(&root).await;
        let of_gone = app.token(&gone).await;
        app.revoke(revoked_id).await;
        let id = gone.id;
        app.database().write(move |tx| users::set_active(tx, id, false)).await.unwrap();
        let known = app.database().read(tokens::list).await.unwrap();
        let number = |user: i64| format!("token:{}", known.iter().find(|token| token.user_id == user).unwrap().id);
        let (expired_id, root) = (number(root.id), format!("user:{}", root.id));
        let of_whom = |reason, token, user| vec![("reason", reason), ("token", token), ("user", user)];
        for (secret, fields) in [
            (&*expired, of_whom("expired", &*expired_id, &*root)),
            // Deactivating a user revokes the user's tokens.
            (&*of_gone, vec![("reason", "unknown")]),
            (&*revoked, vec![("reason", "unknown")]),
            ("uct_wrong", vec![("reason", "unknown")]),
        ] {
            let client = Client::new(app.base()).with_bearer(secret);
            for path in ["/unicom/webchat/messages/".to_owned(), path("audit/")] {
                let refused = client.get(&path).await;
                left(refused.is(401, "invalid_credentials"), Level::Warn, "auth.token_refused", &fields);
                assert_eq!(actor(&refused), None);
            }
        }
    }

    async fn invalid_reply_tokens_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let id = "01890000-0000-7000-8000-000000000000";
        let program = Client::new(app.base()).with_bearer("urq_0123456789abcdef-wrong");
        let reply = format!("/unicom/requests/{id}/reply/");
        let answer = program.post(&reply, json!({ "text": "x" })).await;
        left(answer.is(404, "not_found"), Level::Warn, "auth.reply_token_refused", &[("id", id)]);
    }

    async fn password_changes_and_ended_sessions_are_logged(db: &TestDatabase) {
        const OTHER: &str = "staple battery horse 42";
        let rate = RateOptions { login_name: Some("1:2".parse().unwrap()), ..RateOptions::default() };
        let app = TestApp::with_options(db, few(rate)).await;
        let (here, there) = (app.user("ada").await, app.guest().await);
        log_in(&there, "ada", PASSWORD).await.ok();
        let listed = here.get("/unicom/auth/sessions/").await.ok();
        let session_of = |is_current: bool| {
            let mut sessions = listed["sessions"].as_array().unwrap().iter();
            let session = sessions.find(|session| session["current"] == is_current).unwrap();
            format!("/unicom/auth/sessions/{}/", session["id"].as_str().unwrap())
        };
        let ended = here.delete(&session_of(false)).await;
        assert_eq!(ended.status, 200);
        left(&ended, Level::Info, "auth.session_ended", &[("actor", "user:1")]);
        let change = async |current: &str, new: &str| {
            let body = json!({ "current_password": current, "new_password": new });
            here.post("/unicom/auth/password/", body).await
        };
        let changed = change(PASSWORD, OTHER).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        left(&changed, Level::Info, "auth.password_changed", &[("actor", "user:1"), ("revokes_tokens", "false")]);
        for _ in 0..2 {
            let refused = change(PASSWORD, "another one, and long").await;
            let fields = [("actor", "user:1")];
            left(refused.is(401, "invalid_credentials"), Level::Warn, "auth.password_change_refused", &fields);
        }
        let held_up = change(OTHER, "another one, and long").await;
        let fields = [("actor", "user:1"), ("by", "name"), ("name_hash", PSEUDONYM)];
        left(held_up.is(429, "rate_limited"), Level::Warn, "auth.login_held_up", &fields);
        // Ending the current session is a logout.
        let listed = here.get("/unicom/auth/sessions/").await.ok();
        let own = format!("/unicom/auth/sessions/{}/", listed["sessions"][0]["id"].as_str().unwrap());
        let ended = here.delete(&own).await;
        left(&ended, Level::Info, "auth.logout", &[("actor", "user:1"), ("everywhere", "false")]);
        for answer in [changed, held_up, ended] {
            assert!(!format!("{:?}", events(&answer)).contains(OTHER));
        }
    }

    async fn insufficient_token_scopes_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await.id;
        let made = app.database().write(move |tx| tokens::create(tx, root, "a test", Scope::Read, None));
        let (token, secret) = made.await.unwrap();
        let program = Client::new(app.base()).with_bearer(&secret);
        let actor_of_token = format!("token:{}", token.id);
        program.get(&path("audit/")).await.ok();
        for (refused, route) in [
            (program.post(&path("members/"), json!({ "name": "x" })).await, "/unicom/admin/members"),
            (program.send(json!({ "text": "x" })).await, "/unicom/webchat/send"),
        ] {
            let fields = [("code", "insufficient_scope"), ("method", "POST"), ("route", route), ("actor", &*actor_of_token)];
            left(refused.is(403, "insufficient_scope"), Level::Warn, "access.refused", &fields);
            assert_eq!(actor(&refused).as_ref(), Some(&actor_of_token));
        }
    }

    async fn rejections_without_a_route_are_logged(db: &TestDatabase) {
        let options = Options { registration: Some(Registration::Closed), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        let foreign = guest.request(Method::GET, "/unicom/auth/session/").header("host", "evil.example").send().await;
        let disguised = guest.get("/unicom/auth/%6cogin/").await;
        let closed = register(&guest, "ada").await;
        let planted = guest.request(Method::GET, "/unicom/auth/session/").planted("sessionid=planted");
        guest.say("with a session").await;
        let two_sessions = guest.request(Method::GET, "/unicom/auth/session/");
        let other = app.guest_who_wrote("another one").await;
        let two_sessions = two_sessions.planted(format!("sessionid={}", other.cookie("sessionid").unwrap())).send().await;
        for (answer, status, code) in [
            (&foreign, 421, "misdirected_request"),
            (&disguised, 400, "invalid_path"),
            (&closed, 403, "registration_closed"),
            (&two_sessions, 400, "ambiguous_session"),
        ] {
            answer.is(status, code);
            let events = events(answer);
            assert_eq!(events.len(), 1, "{code}: {events:?}");
            assert_eq!(["event", "code"].map(|field| events[0].fields[field].as_str()), ["access.refused", code]);
        }
        // A planted cookie that belongs to no session is not a second session.
        let planted = planted.send().await;
        assert_eq!(planted.status, 200);
        left_none(&planted);
    }

    async fn rejections_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let chief = app.new_user("chief", true).await;
        let (eve, guest) = (app.user("eve").await, app.guest_who_wrote("hi").await);
        let session = app.guest().await;
        log_in(&session, "chief", PASSWORD).await.ok();
        let chiefs = format!("user:{}", chief.id);
        let refused = |code, method, route, actor: Option<&'static str>| {
            let mut fields = vec![("code", code), ("method", method), ("route", route)];
            fields.extend(actor.map(|actor| ("actor", actor)));
            fields
        };
        let eves = "user:2";
        assert_eq!(eve.session().await["user"]["id"], "2");
        let audit = "/unicom/admin/audit";
        for client in [&guest, &Client::new(app.base())] {
            let answer = client.get(&path("audit/")).await;
            let fields = refused("login_required", "GET", audit, None);
            left(answer.is(401, "login_required"), Level::Warn, "access.refused", &fields);
        }
        let answer = eve.get(&path("audit")).await;
        let fields = refused("staff_only", "GET", audit, Some(eves));
        left(answer.is(403, "staff_only"), Level::Warn, "access.refused", &fields);
        assert_eq!(actor(&answer).as_deref(), Some(eves));
        // A page of another site, or a page without the token.
        let send = "/unicom/webchat/send";
        for request in [
            eve.request(Method::POST, "/unicom/webchat/send/").csrf(None),
            eve.request(Method::POST, "/unicom/webchat/send/").header("origin", "https://evil.example"),
        ] {
            let answer = request.json(&json!({ "text": "hi" })).send().await;
            let fields = refused("csrf_failed", "POST", send, Some(eves));
            left(answer.is(403, "csrf_failed"), Level::Warn, "access.refused", &fields);
        }
        // A blocked account, as a visitor and as an admin.
        eve.say("hi").await;
        app.block(&eve.account_id().await).await;
        let answer = eve.send(json!({ "text": "hi" })).await;
        let fields = refused("account_blocked", "POST", send, Some(eves));
        left(answer.is(403, "account_blocked"), Level::Warn, "access.refused", &fields);
        let erase = path(&format!("accounts/webchat_user_{}/erase/", chief.id));
        let answer = session.post(&erase, json!({})).await;
        let fields = vec![
            ("code", "staff_user"),
            ("method", "POST"),
            ("route", "/unicom/admin/accounts/{id}/erase"),
            ("actor", &*chiefs),
        ];
        left(answer.is(409, "staff_user"), Level::Warn, "access.refused", &fields);
        session.say("hi").await;
        app.block(&session.account_id().await).await;
        let answer = session.get(&path("audit/")).await;
        let fields = vec![("code", "account_blocked"), ("method", "GET"), ("route", audit), ("actor", &*chiefs)];
        left(answer.is(403, "account_blocked"), Level::Warn, "access.refused", &fields);
        // What visitors do with their own data is not an event.
        left_none(&guest.send(json!({ "text": "hi" })).await);
        left_none(&guest.get("/unicom/webchat/messages/").await);
        left_none(&guest.get("/unicom/webchat/messages/?chat_id=webchat_user_1").await);
    }

    async fn reads_of_admins_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.new_user("root", true).await;
        let (number, secret) = app.numbered_token(&root).await;
        let program = Client::new(app.base()).with_bearer(&secret);
        let session = app.guest().await;
        log_in(&session, "root", PASSWORD).await.ok();
        let resources = Resources::made_by(&program, &app, "things").await;
        let user = format!("user:{}", root.id);
        for (client, name) in [(&program, format!("token:{number}")), (&session, user.clone())] {
            let mut reads = 0;
            for route in resources.routes() {
                if route.writes() && !route.path.contains("dry_run") {
                    continue;
                }
                let answer = route.ask(client).send().await;
                assert_eq!((answer.status, actor(&answer)), (200, Some(name.clone())), "{}", route.path);
                let events = events(&answer);
                assert_eq!(events.len(), 1, "{}: {events:?}", route.path);
                let fields = &events[0].fields;
                assert_eq!(
                    ["event", "actor", "user"].map(|field| fields[field].as_str()),
                    ["staff.read", &name, &user]
                );
                // The path is the route with the ids filled in. File names are not logged.
                let asked = route.path.split('?').next().unwrap().trim_end_matches('/');
                let mut told = fields["route"].clone();
                for (field, value) in fields {
                    told = told.replace(&format!("{{{field}}}"), value);
                }
                assert_eq!(told.replace("{filename}", "a.png"), asked);
                assert!(!format!("{fields:?}").contains("a.png"), "{fields:?}");
                reads += 1;
            }
            assert_eq!(reads, 23, "routes that read");
        }
        let of_account = session.get(&path(&format!("chats/?account_id={}&limit=3", resources.account))).await;
        let fields = [
            ("actor", &*user), ("user", &*user), ("route", "/unicom/admin/chats"), ("account_id", &*resources.account),
        ];
        left(&of_account, Level::Info, "staff.read", &fields);
        let searched = session.get(&path("accounts/?q=ann")).await;
        left(&searched, Level::Info, "staff.read", &[("actor", &*user), ("user", &*user), ("route", "/unicom/admin/accounts")]);
        // A query can contain any text, even if it is refused. Only ids are logged.
        for query in [
            "members/?name=Erika%20Mustermann",
            "bots/?name=Erika",
            "members/?id=Erika",
            "members/?message_id=Erika&group_id=Erika",
            "requests/?category_id=Erika&member_id=1;x&channel_id=%31Erika",
            "chats/?account_id=Erika%20Mustermann",
            "chats/?account_id=Erika",
            "requests/?chat_id=Erika%0aMustermann1",
            "requests/?chat_id=erika1%40example.com",
        ] {
            let answer = session.get(&path(query)).await;
            let route = format!("/unicom/admin/{}", query.split('/').next().unwrap());
            left(&answer, Level::Info, "staff.read", &[("actor", &*user), ("user", &*user), ("route", &route)]);
        }
        // Ids that do not exist are logged too, because an admin looked for them. An id may be any
        // text of any length.
        let long = "x".repeat(400);
        let missing = session.get(&path(&format!("accounts/{long}/"))).await;
        let fields = [
            ("actor", &*user), ("user", &*user), ("route", "/unicom/admin/accounts/{id}"), ("id", &long[..200]),
        ];
        left(missing.is(404, "not_found"), Level::Info, "staff.read", &fields);
        // What admins write is in the audit trail instead.
        let written = program.post(&path("members/"), json!({ "name": "Ann" })).await;
        left_none(&written);
        assert_eq!(actor(&written), Some(format!("token:{number}")));
    }

    async fn addresses_are_logged_as_configured(db: &TestDatabase) {
        let mut hashes = Vec::new();
        for (addresses, trusted, forwarded, expected) in [
            (None, None, "198.51.100.7", None),
            (Some(LoggedAddresses::Hashed), Some("127.0.0.0/8"), "198.51.100.7", None),
            (Some(LoggedAddresses::Plain), None, "198.51.100.7", Some("127.0.0.1")),
            (Some(LoggedAddresses::Plain), Some("127.0.0.0/8"), "198.51.100.7", Some("198.51.100.7")),
            (Some(LoggedAddresses::Plain), Some("127.0.0.0/8"), "2001:db8::7:8:9", Some("2001:db8::")),
        ] {
            let app = TestApp::with_options(db, Options {
                security_log_addresses: addresses,
                trusted_proxies: trusted.map(|network| vec![network.to_owned()]),
                secret_key: Some("correct horse battery staple, twice".to_owned()),
                ..Options::default()
            }).await;
            let client = app.guest().await;
            let request = client.request(Method::GET, &path("audit/")).header("x-forwarded-for", forwarded);
            let answer = request.send().await;
            let source = events(&answer)[0].fields["source"].clone();
            match expected {
                Some(address) => assert_eq!(source, address),
                None => {
                    is_pseudonym(&source);
                    hashes.push(source);
                }
            }
        }
        assert_ne!(hashes[0], hashes[1]);
    }

    async fn secrets_are_not_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let client = app.guest().await;
        let mut answers = vec![
            register(&client, "ada-lovelace").await,
            client.send(json!({ "text": "the plan" })).await,
            log_in(&client, "ada-lovelace", "the wrong password").await,
            log_in(&client, "the wrong name", "the wrong password").await,
            client.get(&path("audit/?q=the-query")).await,
        ];
        let mut secrets = vec![client.cookie("sessionid").unwrap(), client.cookie("csrftoken").unwrap()];
        answers.push(log_in(&client, "ada-lovelace", PASSWORD).await);
        secrets.extend([client.cookie("sessionid").unwrap(), client.cookie("csrftoken").unwrap()]);
        let chat = client.account_id().await;
        for rest in [format!("chats/{chat}/messages/"), "accounts/?q=lovelace".to_owned(), "members/?q=lovelace".to_owned()] {
            answers.push(program.get(&path(&rest)).await);
        }
        answers.push(Client::new(app.base()).with_bearer("uct_the-wrong-token").get(&path("audit/")).await);
        secrets.extend(
            ["lovelace", "plan", "wrong name", "wrong password", "the-query", "the-wrong", "127.0.0.1", PASSWORD]
                .map(str::to_owned),
        );
        for answer in &answers {
            for line in events(answer) {
                let line = format!("{line:?}");
                for secret in &secrets {
                    let is_reason = line.contains("\"reason\": \"wrong_password\"") && secret == "wrong password";
                    assert!(is_reason || !line.contains(secret.as_str()), "`{secret}` in {line}");
                }
            }
        }
        assert_eq!(answers.iter().map(|answer| events(answer).len()).sum::<usize>(), answers.len() - 1);
    }
}
