//! Tests of the visitor cookie: it links the first messages of a browser to one guest, and nothing
//! that a script can read does.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::{TestClock, TestDatabase};

use crate::app::{PASSWORD, Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::response::Response;

const SESSION: &str = "/unicom/auth/session/";
const MESSAGES: &str = "/unicom/webchat/messages/";

/// Returns a client with this CSRF token and no other cookie.
fn knowing(app: &TestApp, token: &str) -> Client {
    let client = Client::new(app.base());
    client.set_cookie("csrftoken", token);
    client
}

/// Returns the token as a page's script reads it.
async fn token_in_body(client: &Client) -> String {
    let session = client.session().await;
    session["csrf_token"].as_str().unwrap().to_owned()
}

fn chat_of(sent: &Value) -> String {
    sent["chat_id"].as_str().unwrap().to_owned()
}

async fn send(client: &Client, text: &str) -> String {
    chat_of(&client.send(json!({ "text": text })).await.ok())
}

/// Starts a server with a test clock that stands still. Returns it with its clock.
async fn frozen(db: &TestDatabase) -> (TestApp, TestClock) {
    let clock = TestClock::new();
    let setup = Setup {
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    (TestApp::with(db, setup).await, clock)
}

fn attributes(answer: &Response) -> Option<Vec<String>> {
    let cookie = answer.set_cookie("visitor")?.to_lowercase();
    let attributes = cookie.split(';').skip(1);
    Some(attributes.map(|one| one.trim().to_owned()).collect())
}

both! {
    async fn csrf_token_alone_identifies_no_visitor(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let victim = app.guest().await;
        let token = token_in_body(&victim).await;
        let chat = send(&victim, "secret").await;
        // Immediately, with everything that a script, a log or a planted cookie reveals.
        let thief = knowing(&app, &token);
        let theirs = send(&thief, "who is there?").await;
        assert_ne!(theirs, chat);
        assert_eq!(thief.texts().await, ["who is there?"]);
        thief.get(&format!("{MESSAGES}?chat_id={chat}")).await.is(404, "chat_not_found");
        // Nor does the thief's login migrate anything of the victim, or the other way round.
        thief.register("mallory").await;
        victim.say("more").await;
        assert_eq!(victim.texts().await, ["secret", "more"]);
        assert_eq!(thief.texts().await, ["who is there?"]);
        victim.register("alice").await;
        assert_eq!(victim.texts().await, ["secret", "more"]);
        assert_eq!(thief.texts().await, ["who is there?"]);
    }

    async fn csrf_token_with_another_visitor_cookie_identifies_no_visitor(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (victim, other) = (app.guest().await, app.guest().await);
        let token = token_in_body(&victim).await;
        let chat = send(&victim, "secret").await;
        let thief = knowing(&app, &token);
        thief.set_cookie("visitor", &other.cookie("visitor").unwrap());
        let theirs = send(&thief, "who is there?").await;
        assert_ne!(theirs, chat);
        // The guest is that of the other browser: the cookie alone decides, whatever the token is.
        assert_eq!(send(&other, "me too").await, theirs);
        // The cookie that the victim's browser has after the response does not lead to the guest.
        let late = knowing(&app, &token);
        late.set_cookie("visitor", &victim.cookie("visitor").unwrap());
        assert_ne!(send(&late, "hello?").await, chat);
        assert_eq!(victim.texts().await, ["secret"]);
    }

    async fn visitor_cookie_without_a_csrf_token_cannot_write(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let visitor = app.guest().await;
        let cookie = visitor.cookie("visitor").unwrap();
        let bare = Client::new(app.base());
        bare.set_cookie("visitor", &cookie);
        bare.send(json!({ "text": "hi" })).await.is(403, "csrf_failed");
        // Neither cookie is accepted as the other.
        for (name, value) in [("csrftoken", &cookie), ("visitor", &cookie)] {
            let mixed = Client::new(app.base());
            mixed.set_cookie(name, value);
            let request = mixed.request(Method::POST, "/unicom/webchat/send/").json(&json!({ "text": "hi" }));
            request.csrf(Some(&cookie)).send().await.is(403, "csrf_failed");
        }
        assert_eq!(app.count("unicom_accounts").await, 0);
        let token = visitor.cookie("csrftoken").unwrap();
        let swapped = knowing(&app, &token);
        swapped.set_cookie("visitor", &token);
        assert_ne!(send(&swapped, "one").await, send(&visitor, "two").await);
    }

    async fn forged_visitor_cookies_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let visitor = app.guest().await;
        let (cookie, token) = (visitor.cookie("visitor").unwrap(), token_in_body(&visitor).await);
        let chat = send(&visitor, "secret").await;
        let (nonce, signature) = cookie.split_once('.').unwrap();
        let other = if signature.starts_with('0') { "1" } else { "0" };
        let forged = [
            String::new(),
            "x".to_owned(),
            nonce.to_owned(),
            format!("{nonce}."),
            cookie[1..].to_owned(),
            cookie[..cookie.len() - 1].to_owned(),
            format!("{cookie}0"),
            format!("{nonce}.{other}{}", &signature[1..]),
            format!("{nonce}{nonce}.{signature}"),
            cookie.to_uppercase(),
            "x".repeat(5000),
            "%00".to_owned(),
        ];
        for forged in forged {
            let thief = knowing(&app, &token);
            thief.set_cookie("visitor", &forged);
            // The next response replaces it.
            let known = thief.copy();
            known.session().await;
            assert_ne!(known.cookie("visitor").unwrap(), forged);
            assert_ne!(send(&thief, "hi").await, chat, "{forged}");
        }
        // The cookie sent with the message still leads to the guest, since a response may be lost.
        let again = knowing(&app, &token);
        again.set_cookie("visitor", &cookie);
        assert_eq!(send(&again, "again").await, chat);
    }

    async fn every_response_sets_a_missing_visitor_cookie(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        for (method, path, status) in [
            (Method::GET, SESSION, 200),
            (Method::HEAD, SESSION, 200),
            (Method::GET, MESSAGES, 200),
            (Method::HEAD, MESSAGES, 200),
            (Method::GET, "/unicom/webchat/chats?limit=0", 400),
            (Method::GET, "/unicom/webchat/messages/?chat_id=x", 404),
            (Method::GET, "/unicom/nothing/", 404),
            (Method::OPTIONS, SESSION, 405),
        ] {
            let client = Client::new(app.base());
            let answer = client.request(method.clone(), path).send().await;
            assert_eq!(answer.status, status, "{method} {path}");
            let attributes = attributes(&answer).unwrap_or_else(|| panic!("{method} {path}"));
            for wanted in ["httponly", "samesite=lax", "path=/"] {
                assert!(attributes.iter().any(|one| one == wanted), "{attributes:?}");
            }
            assert!(!attributes.iter().any(|one| one == "secure" || one.starts_with("domain")), "{attributes:?}");
            // The cookie is set only once.
            let again = client.request(method, path).send().await;
            assert_eq!(again.set_cookie("visitor"), None);
            let beside_a_token = program.request(Method::GET, path).send().await;
            assert!(beside_a_token.headers.get("set-cookie").is_none(), "{path}");
        }
        // A 304 response sets it too, if the client has none.
        let guest = app.guest_who_wrote("hi").await;
        let tag = guest.get(MESSAGES).await.header("etag").to_owned();
        let poll = async || guest.request(Method::GET, MESSAGES).header("if-none-match", &tag).send().await;
        let answer = poll().await;
        assert_eq!((answer.status, answer.set_cookie("visitor")), (304, None));
        guest.forget_cookie("visitor");
        let answer = poll().await;
        assert_eq!(answer.status, 304);
        assert!(attributes(&answer).is_some());
        assert!(poll().await.headers.get("set-cookie").is_none());
    }

    async fn visitor_cookie_changes_when_a_session_starts_or_ends(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("bob").await.log_out().await;
        let client = app.guest().await;
        let mut seen = vec![client.cookie("visitor").unwrap()];
        let changed = |client: &Client, seen: &mut Vec<String>| {
            let now = client.cookie("visitor").unwrap();
            let is_new = !seen.contains(&now);
            seen.push(now);
            is_new
        };
        let credentials = json!({ "username": "alice", "password": PASSWORD });
        let auth = |what: &str| format!("/unicom/auth/{what}/");
        client.say("first").await;
        assert!(changed(&client, &mut seen), "with the guest's session");
        client.say("second").await;
        client.texts().await;
        assert!(!changed(&client, &mut seen), "with nothing else");
        for (what, body) in [
            ("register", &credentials),
            ("login", &credentials),
            ("logout", &json!({})),
            ("login", &json!({ "username": "bob", "password": PASSWORD })),
            ("logout-everywhere", &json!({})),
            // No session ends, but the cookie is replaced nevertheless.
            ("logout", &json!({})),
        ] {
            client.post(&auth(what), body.clone()).await.ok();
            assert!(changed(&client, &mut seen), "with {what}");
            client.session().await;
            assert!(!changed(&client, &mut seen), "after {what}");
        }
    }

    async fn visitor_gets_a_new_account_after_a_logout(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        // Within the minute: as a guest, and as a user who was a guest.
        let client = app.guest().await;
        let guest = send(&client, "as a guest").await;
        client.log_out().await;
        let next = send(&client, "as another").await;
        assert_ne!(next, guest);
        assert_eq!(client.texts().await, ["as another"]);
        client.register("alice").await;
        client.log_out().await;
        let last = send(&client, "as a third").await;
        assert!(last != next && last != guest);
        assert_eq!(client.texts().await, ["as a third"]);
    }

    async fn conflicting_visitor_cookies_are_ignored_and_duplicates_accepted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (victim, attacker) = (app.guest().await, app.guest().await);
        let (own, planted) = (victim.cookie("visitor").unwrap(), attacker.cookie("visitor").unwrap());
        let post = async |client: &Client, cookie: &str| {
            let request = client.request(Method::POST, "/unicom/webchat/send/").json(&json!({ "text": "hi" }));
            chat_of(&request.planted(format!("visitor={cookie}")).send().await.ok())
        };
        let copies = [(); 4].map(|()| victim.copy());
        let first = post(&copies[0], &planted).await;
        let second = post(&copies[1], &planted).await;
        let attackers = send(&attacker, "hi").await;
        assert!(first != second && first != attackers && second != attackers);
        // A GET does not set another cookie that would not help.
        let answer = copies[2].request(Method::GET, SESSION).planted(format!("visitor={planted}")).send().await;
        assert_eq!(answer.set_cookie("visitor"), None);
        // Neither an invalid cookie nor a duplicate has an effect.
        let third = post(&copies[2], "broken.0123").await;
        assert_eq!(post(&copies[3], &own).await, third);
        assert_eq!(send(&victim, "hi").await, third);
    }

    async fn first_sends_with_one_visitor_cookie_share_a_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let visitor = app.guest().await;
        let tabs = join_all((0..8).map(async |_| {
            let tab = app.guest().await;
            tab.set_cookie("visitor", &visitor.cookie("visitor").unwrap());
            tab
        }))
        .await;
        let chats = join_all(tabs.iter().map(|tab| send(tab, "hi"))).await;
        assert!(chats.iter().all(|chat| *chat == chats[0]), "{chats:?}");
        for tab in &tabs {
            assert_eq!(tab.texts().await.len(), 8);
        }
        assert_eq!(app.count("unicom_accounts").await, 1);
    }

    async fn early_requests_start_no_session_after_the_login(db: &TestDatabase) {
        let (app, clock) = frozen(db).await;
        app.user("alice").await.log_out().await;
        let guest = app.guest().await;
        // One tab has the cookies from before the first response, and one those from after it.
        let unanswered = guest.copy();
        guest.say("hi").await;
        let answered = guest.copy();
        guest.log_in("alice").await;
        for late in [&unanswered, &answered] {
            let cookies = ["sessionid", "visitor", "csrftoken"].map(|name| late.cookie(name));
            late.send(json!({ "text": "late" })).await.is(403, "csrf_failed").names("login");
            late.session().await;
            assert_eq!(["sessionid", "visitor", "csrftoken"].map(|name| late.cookie(name)), cookies);
        }
        assert_eq!(guest.texts().await, ["hi"]);
        // The refusals end, since the response of the login may have been lost.
        clock.advance(Duration::from_secs(61));
        let chats = [send(&unanswered, "new").await, send(&answered, "new").await];
        assert_ne!(chats[0], chats[1]);
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn early_requests_start_no_session_while_the_migration_is_pending(db: &TestDatabase) {
        let (app, clock) = frozen(db).await;
        app.user("alice").await.log_out().await;
        let guest = app.guest().await;
        let unanswered = guest.copy();
        guest.say("hi").await;
        let (answered, account) = (guest.copy(), guest.account_id().await);
        app.block(&account).await;
        guest.log_in("alice").await;
        app.unblock(&account).await;
        for late in [&unanswered, &answered] {
            late.send(json!({ "text": "late" })).await.is(403, "csrf_failed").names("login");
        }
        assert_eq!(guest.texts().await, ["hi"]);
        clock.advance(Duration::from_secs(61));
        for late in [&unanswered, &answered] {
            assert_ne!(send(late, "new").await, account);
        }
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn visitor_cookie_identifies_a_new_guest_for_one_minute(db: &TestDatabase) {
        let (app, clock) = frozen(db).await;
        let guest = app.guest().await;
        let (retry, late) = (guest.copy(), guest.copy());
        let chat = send(&guest, "hi").await;
        clock.advance(Duration::from_secs(59));
        assert_eq!(send(&retry, "hi").await, chat);
        clock.advance(Duration::from_secs(2));
        assert_ne!(send(&late, "hi").await, chat);
    }
}
