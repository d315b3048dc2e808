//! Tests of the cookies, and of what is stored of them.

use serde_json::json;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::response::Response;

fn attributes(answer: &Response, name: &str) -> Vec<String> {
    let cookie = answer
        .set_cookie(name)
        .unwrap_or_else(|| panic!("no {name}"));
    let attributes = cookie
        .split(';')
        .skip(1)
        .map(|attribute| attribute.trim().to_lowercase());
    attributes.collect()
}

both! {
    async fn session_cookie_is_http_only_and_token_cookie_is_not(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let answer = guest.send(json!({ "text": "hi" })).await;
        let session = attributes(&answer, "sessionid");
        for wanted in ["httponly", "samesite=lax", "path=/"] {
            assert!(session.contains(&wanted.to_owned()), "{session:?}");
        }
        assert!(!session.contains(&"secure".to_owned()), "{session:?}");
        assert!(
            !session
                .iter()
                .any(|attribute| attribute.starts_with("domain")),
            "{session:?}"
        );
        let body = json!({ "username": "alice", "password": PASSWORD });
        let login = guest.post("/unicom/auth/register/", body).await;
        assert_eq!(attributes(&login, "sessionid"), session);
        let token = attributes(&login, "csrftoken");
        assert!(
            token.contains(&"samesite=lax".to_owned()) && !token.contains(&"httponly".to_owned()),
            "{token:?}"
        );
    }

    async fn cookies_have_the_host_prefix_over_https(db: &TestDatabase) {
        let options = Options {
            public_origin: Some("https://chat.example.com".to_owned()),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let client = crate::client::Client::new(app.base());
        let first = client.get("/unicom/auth/session/").await;
        let sent = client.send(json!({ "text": "hi" })).await;
        let body = json!({ "username": "alice", "password": PASSWORD });
        let login = client.post("/unicom/auth/register/", body).await;
        let mut seen = 0;
        for answer in [&first, &sent, &login] {
            for cookie in answer.headers.get_all("set-cookie") {
                let cookie = cookie.to_str().unwrap();
                // Browsers require this of cookies with this prefix (RFC 6265bis, 4.1.3.2).
                assert!(cookie.starts_with("__Host-"), "{cookie}");
                let name = cookie.split('=').next().unwrap();
                let attributes = attributes(answer, name);
                for wanted in ["secure", "path=/", "samesite=lax"] {
                    assert!(attributes.iter().any(|one| one == wanted), "{cookie}");
                }
                assert!(!attributes.iter().any(|one| one.starts_with("domain")), "{cookie}");
                let is_hidden = attributes.iter().any(|one| one == "httponly");
                assert_eq!(is_hidden, name != "__Host-csrftoken", "{cookie}");
                seen += 1;
            }
        }
        assert_eq!(seen, 2 + 2 + 3);
        assert_eq!(client.texts().await, ["hi"]);
        client.log_out().await;
        assert!(client.cookie("__Host-sessionid").is_none());
        // The error message names the cookie with its prefix.
        let refused = client.request(reqwest::Method::POST, "/unicom/auth/logout/").csrf(None).send().await;
        refused.is(403, "csrf_failed").names("`__Host-csrftoken`");
    }

    async fn cookie_names_are_configurable(db: &TestDatabase) {
        let options = Options {
            session_cookie: Some("shop.session".to_owned()),
            csrf_cookie: Some("shop-csrf".to_owned()),
            visitor_cookie: Some("shop_visitor".to_owned()),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let client = crate::client::Client::new(app.base());
        client.session().await;
        let token = client.cookie("shop-csrf").unwrap();
        let send = async |client: &crate::client::Client| {
            let request = client.request(reqwest::Method::POST, "/unicom/webchat/send/");
            let request = request.json(&json!({ "text": "hi" })).csrf(Some(&token));
            request.send().await.ok()["chat_id"].clone()
        };
        let other_tab = client.copy();
        assert_eq!(send(&client).await, send(&other_tab).await);
        assert!(client.cookie("shop.session").is_some() && client.cookie("shop_visitor").is_some());
        assert_eq!(client.texts().await, ["hi", "hi"]);
        for name in ["sessionid", "csrftoken", "visitor"] {
            assert_eq!(client.cookie(name), None);
        }
    }

    async fn only_a_hash_of_the_session_cookie_is_stored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, alice) = (app.guest_who_wrote("hi").await, app.user("alice").await);
        let rows = app.rows().await;
        assert_eq!(rows["unicom_sessions"].len(), 2);
        for client in [&guest, &alice] {
            let cookie = client.cookie("sessionid").unwrap();
            // The cookie is signed or encrypted, so check each part that is long enough to be the
            // secret.
            let parts: Vec<_> = cookie
                .split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|part| part.len() >= 16)
                .collect();
            assert!(!parts.is_empty());
            for (table, lines) in &rows {
                for part in &parts {
                    assert!(!lines.iter().any(|line| line.contains(part)), "{table}");
                }
            }
        }
        // Passwords are not stored either.
        assert!(
            !rows["unicom_users"]
                .iter()
                .any(|line| line.contains(PASSWORD))
        );
    }

    async fn session_cookies_are_random(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (one, two) = (
            app.guest_who_wrote("hi").await,
            app.guest_who_wrote("hi").await,
        );
        let (first, second) = (
            one.cookie("sessionid").unwrap(),
            two.cookie("sessionid").unwrap(),
        );
        assert!(first != second && first.len() >= 32);
        let name = one.account_id().await.replace("webchat_guest_", "");
        assert!(name.len() >= 32 && !first.contains(&name));
        // The guest's public name gives no access.
        let thief = app.guest().await;
        for stolen in [&*name, &format!("webchat_guest_{name}")] {
            thief.set_cookie("sessionid", stolen);
            assert_eq!(thief.session().await["account_id"], json!(null));
            assert!(thief.texts().await.is_empty());
        }
    }

    async fn cookies_are_invalid_with_another_secret_key(db: &TestDatabase) {
        let under = |key: &str| Options {
            secret_key: Some(format!("{key}: correct horse battery staple, 0815")),
            ..Options::default()
        };
        let mut app = TestApp::with_options(db, under("a")).await;
        let guest = app.guest_who_wrote("hi").await;
        for (key, texts) in [("b", &[][..]), ("a", &["hi"])] {
            app.crash();
            app.run(under(key), crate::app::echo());
            let moved = crate::client::Client::new(app.base());
            for name in ["sessionid", "csrftoken"] {
                moved.set_cookie(name, &guest.cookie(name).unwrap());
            }
            assert_eq!(moved.texts().await, texts, "{key}");
        }
    }

    async fn malformed_cookies_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let cookie = guest.cookie("sessionid").unwrap();
        for broken in [
            "",
            "x",
            &cookie[1..],
            &cookie[..cookie.len() - 1],
            &"x".repeat(4000),
            "%00",
            "a%zz",
            "\"quoted\"",
        ] {
            guest.set_cookie("sessionid", broken);
            assert_eq!(guest.session().await["account_id"], json!(null), "{broken}");
        }
    }
}
