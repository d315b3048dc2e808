//! Tests of cookies that another host has planted beside unicom's, and of cookies that careless
//! parsers read as unicom's.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::{Client, Request, texts};
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;
use crate::statements::{cost, recording_with};

const SESSION: &str = "/unicom/auth/session/";
const SEND: &str = "/unicom/webchat/send/";

fn https() -> Options {
    Options {
        public_origin: Some("https://chat.example.com".to_owned()),
        ..Options::default()
    }
}

fn get<'a>(client: &'a Client, path: &str) -> Request<'a> {
    client.request(Method::GET, path)
}

fn send(client: &Client) -> Request<'_> {
    client
        .request(Method::POST, SEND)
        .json(&json!({ "text": "hi" }))
}

fn cookie(client: &Client, name: &str) -> String {
    client.cookie(name).unwrap()
}

async fn account_id(request: Request<'_>) -> Value {
    request.send().await.ok()["account_id"].clone()
}

/// Returns the cookie of a session that has ended.
async fn ended(app: &TestApp) -> String {
    let gone = app
        .user(&format!("gone{}", app.count("unicom_users").await))
        .await;
    let cookie = cookie(&gone, "sessionid");
    gone.log_out().await;
    cookie
}

fn is_ambiguous(answer: &Response) {
    answer
        .is(400, "ambiguous_session")
        .names("delete this site's cookies")
        .names("log in again");
    assert!(
        answer.headers.get("set-cookie").is_none(),
        "{:?}",
        answer.headers
    );
}

both! {
    async fn valid_session_cookie_is_chosen_among_several(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let account = guest.account_id().await;
        let (own, ended) = (cookie(&guest, "sessionid"), ended(&app).await);
        let others = [
            ended.clone(),
            String::new(),
            "x".to_owned(),
            "%00".to_owned(),
            own[1..].to_owned(),
            "x".repeat(4000),
            own.clone(),
        ];
        for other in &others {
            let planted = format!("sessionid={other}");
            // A browser sends the cookie with the longer path first: that of the other host.
            assert_eq!(account_id(get(&guest, SESSION).planted(planted.clone())).await, *account, "{other}");
            let answer = send(&guest).planted(planted.clone()).send().await;
            assert_eq!(answer.set_cookie("sessionid"), None, "{other}");
            assert_eq!(answer.ok()["chat_id"], *account, "{other}");
            // And after it.
            let bare = guest.copy();
            bare.set_cookie("sessionid", other);
            let request = get(&bare, SESSION).planted(format!("sessionid={own}"));
            assert_eq!(account_id(request).await, *account, "{other}");
        }
        let all = others.map(|other| format!("sessionid={other}").into_bytes());
        assert_eq!(account_id(get(&guest, SESSION).all_planted(&all)).await, *account);
        // Several cookies without a session are no session, and the next one begins as usual.
        let anonymous = app.guest().await;
        let request = send(&anonymous).planted(format!("sessionid={ended}")).planted("sessionid=x");
        let answer = request.send().await;
        assert!(answer.set_cookie("sessionid").is_some());
        assert_ne!(answer.ok()["chat_id"], *account);
    }

    async fn two_valid_session_cookies_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (victim, attacker) = (app.user("alice").await, app.guest_who_wrote("planted").await);
        victim.say("hi").await;
        let planted = format!("sessionid={}", cookie(&attacker, "sessionid"));
        let watch = NoSideEffects::of(&app).await;
        for (method, path) in [
            (Method::GET, SESSION),
            (Method::HEAD, SESSION),
            (Method::GET, "/unicom/webchat/messages/"),
            (Method::GET, "/unicom/admin/channels/"),
            (Method::POST, SEND),
            (Method::POST, "/unicom/auth/logout/"),
            (Method::POST, "/unicom/auth/login/"),
            (Method::GET, "/unicom/nothing/"),
        ] {
            let request = victim.request(method.clone(), path).json(&json!({ "text": "hi" }));
            let answer = request.planted(planted.clone()).send().await;
            if method == Method::HEAD {
                assert_eq!(answer.status, 400);
            } else {
                is_ambiguous(&answer);
            }
            watch.unchanged(path).await;
        }
        // More cookies than the server looks up, though none has a session.
        let mut many = get(&victim, SESSION);
        for _ in 0..9 {
            many = many.planted(format!("sessionid={}", ended(&app).await));
        }
        is_ambiguous(&many.send().await);
        // An API token needs no cookie, and cookies do not affect it.
        let program = app.program().await;
        program.request(Method::GET, "/unicom/admin/channels/").planted(planted.clone()).planted(planted).send().await.ok();
        assert_eq!(victim.texts().await, ["hi"]);
        assert_eq!(attacker.texts().await, ["planted"]);
    }

    async fn planted_csrf_cookies_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, other) = (app.guest().await, app.guest().await);
        let (own, foreign) = (cookie(&guest, "csrftoken"), cookie(&other, "csrftoken"));
        for planted in ["", "x", &own[1..], &foreign] {
            let planted = format!("csrftoken={planted}");
            // Before the session, and in it.
            send(&guest.copy()).planted(planted.clone()).send().await.ok();
            let answer = get(&guest, SESSION).planted(planted.clone()).send().await;
            assert_eq!(answer.set_cookie("csrftoken"), None);
        }
        guest.say("hi").await;
        for planted in ["", "x", &own[1..], &foreign] {
            send(&guest).planted(format!("csrftoken={planted}")).send().await.ok();
        }
        // The planted token alone, which the other host knows, does not belong to the session.
        let planted = format!("csrftoken={foreign}");
        send(&guest).planted(planted).csrf(Some(&foreign)).send().await.is(403, "csrf_failed");
        let forged = format!("{}.{}", "0".repeat(32), "0".repeat(64));
        let anonymous = app.guest().await;
        let request = send(&anonymous).planted(format!("csrftoken={forged}")).csrf(Some(&forged));
        request.send().await.is(403, "csrf_failed");
    }

    async fn lookalike_cookie_names_are_ignored(db: &TestDatabase) {
        let app = TestApp::with_options(db, https()).await;
        let attacker = app.guest_who_wrote("planted").await;
        let victim = app.user("alice").await;
        let account = victim.account_id().await;
        let planted = ["sessionid", "csrftoken", "visitor"].map(|name| {
            (name, cookie(&attacker, &format!("__Host-{name}")))
        });
        // Each of these names can be set for a whole domain, and careless parsers read it as a name
        // with the prefix.
        let spellings: [fn(&str) -> Vec<u8>; 6] = [
            |name| format!("%5F%5FHost-{name}").into_bytes(),
            |name| format!("__Host%2D{name}").into_bytes(),
            |name| format!("__Host-{}%{:02x}{}", &name[..1], name.as_bytes()[1], &name[2..]).into_bytes(),
            |name| format!("\u{2003}__Host-{name}").into_bytes(),
            |name| format!("__Host-{name}\u{a0}").into_bytes(),
            |name| [b"__Host-", name.as_bytes(), b"\x85"].concat(),
        ];
        let token = cookie(&attacker, "__Host-csrftoken");
        for spelling in spellings {
            let shown = String::from_utf8_lossy(&spelling("sessionid")).into_owned();
            let pairs = planted.iter().map(|(name, value)| [&*spelling(name), b"=", value.as_bytes()].concat());
            let pairs: Vec<Vec<u8>> = pairs.collect();
            assert_eq!(account_id(get(&victim, SESSION).all_planted(&pairs)).await, *account, "{shown}");
            send(&victim).all_planted(&pairs).send().await.ok();
            let anonymous = Client::new(app.base());
            assert_eq!(account_id(get(&anonymous, SESSION).all_planted(&pairs)).await, Value::Null, "{shown}");
            let anonymous = Client::new(app.base());
            let request = send(&anonymous).all_planted(&pairs).csrf(Some(&token));
            request.send().await.is(403, "csrf_failed");
        }
        assert_eq!(attacker.texts().await, ["planted"]);
        // Names without the prefix have no effect there, alone or beside unicom's.
        let plain = Client::new(app.base());
        for (name, value) in &planted {
            plain.set_cookie(name, value);
        }
        assert_eq!(plain.session().await["account_id"], Value::Null);
        let pairs = planted.map(|(name, value)| format!("{name}={value}").into_bytes());
        assert_eq!(account_id(get(&victim, SESSION).all_planted(&pairs)).await, *account);
    }

    async fn malformed_cookies_of_other_sites_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let account = guest.account_id().await;
        let other_cookies: [&[u8]; 8] = [
            b"theme=\xff\xfe",
            b"caf\xe9=1",
            b"\xff",
            "größe=12€".as_bytes(),
            b"a=%ff%00",
            b"%=%",
            b"=; ;;=",
            b"lonely",
        ];
        for other_cookie in other_cookies {
            let shown = other_cookie.escape_ascii();
            let answer = get(&guest, SESSION).planted(other_cookie).send().await;
            assert!(answer.headers.get("set-cookie").is_none(), "{shown}: {:?}", answer.headers);
            assert_eq!(answer.ok()["account_id"], *account, "{shown}");
            let sent = send(&guest).planted(other_cookie).send().await;
            assert!(sent.headers.get("set-cookie").is_none(), "{shown}: {:?}", sent.headers);
            assert_eq!(sent.ok()["chat_id"], *account, "{shown}");
            let page = get(&guest, "/unicom/webchat/messages/").planted(other_cookie).send().await;
            assert!(!texts(&page.ok()).is_empty(), "{shown}");
        }
        // Nor do they matter before the first message: all of these requests are of one browser.
        let tabs = app.guest().await;
        let mut chats = Vec::new();
        for other_cookie in other_cookies {
            let answer = send(&tabs.copy()).planted(other_cookie).send().await;
            chats.push(answer.ok()["chat_id"].clone());
        }
        assert!(chats.iter().all(|chat| *chat == chats[0]), "{chats:?}");
    }

    async fn cookies_of_other_sites_cost_no_statement(db: &TestDatabase) {
        let (app, recorded) = recording_with(db, Options::default()).await;
        let user = app.user("ada").await;
        user.say("hi").await;
        let own = format!("sessionid={}", cookie(&user, "sessionid"));
        for writes in [false, true] {
            let ask = || if writes { send(&user) } else { get(&user, "/unicom/webchat/messages/") };

            // The same as without another cookie: see `statements`.
            let at_most = if writes { 7 } else { 4 };
            for other_cookie in ["theme=dark", "größe=12", "sessionid=x", &own, "csrftoken=x", "visitor=x"] {
                let (answer, beside) = cost(&recorded, ask().planted(other_cookie).send()).await;
                answer.ok();
                assert!(beside.len() <= at_most, "{other_cookie}: {beside:#?}");
            }
        }
    }
}
