//! Tests of a second session of a guest who logs in with the first: it ends with the login, and
//! what is sent with it does not reach the user.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use unicom_auth::{Session, SessionLife, SessionStore, users};
use unicom_core::buttons::{Button, Buttons};
use unicom_db::{Db, DbError, Engine, on_engine};
use unicom_testing::{TestClock, TestDatabase};
use unicom_webchat::GuestId;

use crate::app::{PASSWORD, Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::RawConnection;
use crate::sample_images::PNG;

/// Counts sessions of guests that do not exist. None may be left.
const ORPHANS: &str = "SELECT count(*) AS number FROM unicom_sessions WHERE user_id IS NULL AND NOT EXISTS \
    (SELECT 1 FROM unicom_accounts WHERE id = 'webchat_guest_' || unicom_sessions.session_key)";

/// Returns two sessions of one guest, who has written `first` and `second`.
async fn two_sessions(app: &TestApp) -> (Client, Client) {
    let first = app.guest().await;
    let second = first.copy();
    first.say("first").await;
    second.say("second").await;
    assert_eq!(first.account_id().await, second.account_id().await);
    assert_ne!(first.cookie("sessionid"), second.cookie("sessionid"));
    (first, second)
}

fn named(text: &str) -> Value {
    json!({ "text": text, "client_message_id": "m1" })
}

/// Sends alice a message with a button. Returns the button's id.
async fn button_for_alice(app: &TestApp) -> String {
    let buttons = Buttons(vec![vec![Button::value("Cancel it", "cancel")]]);
    format!("{}.0.0", app.offer("webchat_user_1", buttons).await)
}

/// Asserts that nothing sent with the session reaches alice or reveals anything about her.
async fn opens_nothing(app: &TestApp, session: &Client, alice: &Client, what: &str) {
    let texts = alice.texts().await;
    let click = json!({ "callback_execution_id": button_for_alice(app).await });
    let texts_with_question = alice.texts().await;
    assert_eq!(texts_with_question.len(), texts.len() + 1);
    let session_says = session.session().await;
    assert_eq!(
        (&session_says["authenticated"], &session_says["account_id"]),
        (&json!(false), &Value::Null),
        "{what}"
    );
    // With that browser's visitor cookie, and without.
    let stripped = session.copy();
    stripped.forget_cookie("visitor");
    for client in [session, &stripped] {
        for body in [
            json!({ "text": "I cancel" }),
            named("secret"),
            named("a guess"),
            json!({ "text": "x", "chat_id": "webchat_user_1" }),
        ] {
            let client = client.copy();
            let answer = client.send(body.clone()).await;
            assert_eq!(answer.header("idempotent-replayed"), "", "{what}: {body}");
            tells_nothing_of_alice(&answer.text(), what);
            assert!(
                [200, 403, 404].contains(&answer.status),
                "{what}: {body}: {}",
                answer.text()
            );
        }
        let uploaded = client.copy().send_file("a.png", PNG).await;
        tells_nothing_of_alice(&uploaded.text(), what);
        client
            .copy()
            .post("/unicom/webchat/button-click/", click.clone())
            .await
            .is(403, "not_your_button");
        let made = client
            .copy()
            .post("/unicom/webchat/chats/", json!({ "name": "mine" }))
            .await;
        tells_nothing_of_alice(&made.text(), what);
        assert!(client.texts().await.is_empty(), "{what}");
        assert!(client.chats("").await.is_empty(), "{what}");
        for (method, path) in [
            (
                Method::GET,
                "/unicom/webchat/messages/?chat_id=webchat_user_1",
            ),
            (Method::PATCH, "/unicom/webchat/chat/webchat_user_1/"),
            (Method::POST, "/unicom/webchat/chat/webchat_user_1/read/"),
            (
                Method::DELETE,
                "/unicom/webchat/chat/webchat_user_1/?hard_delete=true",
            ),
        ] {
            let request = client.request(method, path).json(&json!({ "name": "x" }));
            request.send().await.is(404, "chat_not_found");
        }
    }
    assert_eq!(alice.texts().await, texts_with_question, "{what}");
    assert_eq!(alice.chats("").await.len(), 1, "{what}");
}

fn tells_nothing_of_alice(said: &str, what: &str) {
    assert!(
        !said.contains("alice") && !said.contains("webchat_user"),
        "{what}: {said}"
    );
}

async fn number_of_orphans(app: &TestApp) -> i64 {
    app.number(ORPHANS).await
}

/// Stores a session of this guest as the response to a request does.
async fn begin(app: &TestApp, key: &str) -> (SessionStore, String) {
    let store = SessionStore::new(app.database().clone(), SessionLife::default());
    let session = Session::of_guest(&GuestId::new(key), "0".repeat(32));
    let secret = store.begin(session, None, None).await.unwrap();
    (store, secret)
}

async fn is_live((store, secret): &(SessionStore, String)) -> bool {
    store.find(secret).await.unwrap().is_some()
}

fn key_of(account: &str) -> String {
    account.strip_prefix("webchat_guest_").unwrap().to_owned()
}

async fn frozen(db: &TestDatabase) -> (TestApp, TestClock) {
    let clock = TestClock::new();
    let setup = Setup {
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    (TestApp::with(db, setup).await, clock)
}

/// Sends the head of a request with a body of this length, without the body.
fn begin_to_write(
    app: &TestApp,
    client: &Client,
    route: &str,
    kind: &str,
    body: &str,
) -> RawConnection {
    let mut raw = RawConnection::to(app);
    let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
    raw.write_head(&format!("POST /unicom/webchat/{route}/"), client, &headers);
    raw
}

/// What ends a guest's session while bodies of its requests are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Login,
    /// A login less than a second after the head: the session is not looked up again.
    LoginWithinASecond,
    /// A login that cannot migrate the chats of the guest, who is blocked.
    LoginWithPendingMigration,
    /// A login, and then the deactivation of the user.
    Deactivation,
}

/// Holds back the bodies of a guest's requests until the guest has logged in: none of them may
/// reach the user.
async fn held_until(db: &TestDatabase, end: End) {
    let (app, clock) = frozen(db).await;
    let alice = app.user("alice").await;
    alice.say("hi").await;
    alice.log_out().await;
    let (guest, tab) = two_sessions(&app).await;
    let account = guest.account_id().await;
    let click = json!({ "callback_execution_id": button_for_alice(&app).await }).to_string();
    let form = "--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\nI cancel\r\n--x--\r\n";
    let (json, multipart) = ("application/json", "multipart/form-data; boundary=x");
    let held = [
        ("send", json, r#"{"text": "I cancel"}"#),
        ("send", multipart, form),
        ("button-click", json, &*click),
        ("chats", json, r#"{"name": "mine"}"#),
    ];
    let held =
        held.map(|(route, kind, body)| (begin_to_write(&app, &tab, route, kind, body), body));
    heads_have_arrived().await;
    let step = match end {
        End::LoginWithinASecond => Duration::from_millis(300),
        End::Login | End::LoginWithPendingMigration | End::Deactivation => Duration::from_secs(2),
    };
    clock.advance(step);
    if end == End::LoginWithPendingMigration {
        app.block(&account).await;
    }
    guest.log_in("alice").await;
    if end == End::Deactivation {
        let deactivated = app.database().write(|tx| users::set_active(tx, 1, false));
        deactivated.await.unwrap();
    }
    clock.advance(step);
    let watch = NoSideEffects::of(&app).await;
    for (mut raw, body) in held {
        raw.write(body);
        raw.answer().is(403, "csrf_failed");
    }
    watch.unchanged("a body that was held back").await;
}

/// Waits until the server has looked up the sessions of requests without bodies, which a client
/// cannot see.
async fn heads_have_arrived() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

both! {
    async fn login_ends_the_second_guest_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let (victim, attacker) = two_sessions(&app).await;
        victim.log_in("alice").await;
        victim.send(named("secret")).await.ok();
        assert_eq!(victim.texts().await, ["first", "second", "secret"]);
        opens_nothing(&app, &attacker, &victim, "after the login").await;
        assert_eq!(number_of_orphans(&app).await, 0);
    }

    async fn second_guest_session_stays_ended_after_a_deactivation(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let (victim, attacker) = two_sessions(&app).await;
        victim.log_in("alice").await;
        victim.send(named("secret")).await.ok();
        let deactivated = app.database().write(|tx| users::set_active(tx, 1, false));
        deactivated.await.unwrap();
        let answer = attacker.send(json!({ "text": "I cancel" })).await;
        answer.is(403, "csrf_failed");
        let activated = app.database().write(|tx| users::set_active(tx, 1, true));
        activated.await.unwrap();
        // Any GET sets a new token in place of the one that has ended.
        victim.session().await;
        victim.log_in("alice").await;
        opens_nothing(&app, &attacker, &victim, "after the deactivation").await;
        victim.post("/unicom/auth/logout-everywhere/", json!({})).await.ok();
        attacker.send(json!({ "text": "I cancel" })).await.is(403, "csrf_failed");
        victim.session().await;
        victim.log_in("alice").await;
        opens_nothing(&app, &attacker, &victim, "after the logout everywhere").await;
    }

    async fn registration_ends_the_second_guest_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (victim, attacker) = two_sessions(&app).await;
        victim.register("alice").await;
        opens_nothing(&app, &attacker, &victim, "after the registration").await;
    }

    async fn second_guest_session_ends_while_the_migration_is_pending(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let (victim, attacker) = two_sessions(&app).await;
        let account = victim.account_id().await;
        app.block(&account).await;
        victim.log_in("alice").await;
        app.unblock(&account).await;
        // The chats still belong to the guest, and what is written now would become alice's with
        // them.
        attacker.send(json!({ "text": "I cancel" })).await.is(403, "csrf_failed");
        let late = begin(&app, &key_of(&account)).await;
        assert!(!is_live(&late).await);
        assert_eq!(victim.texts().await, ["first", "second"]);
        opens_nothing(&app, &attacker, &victim, "after the history was moved").await;
    }

    async fn pending_migration_is_not_given_to_another_user(db: &TestDatabase) {
        let (app, _clock) = frozen(db).await;
        for name in ["alice", "mallory"] {
            app.user(name).await.log_out().await;
        }
        let (victim, attacker) = two_sessions(&app).await;
        let account = victim.account_id().await;
        app.block(&account).await;
        let login = json!({ "username": "mallory", "password": PASSWORD }).to_string();
        let mut late = RawConnection::to(&app);
        let length = login.len();
        let headers = format!("content-type: application/json\r\ncontent-length: {length}\r\n");
        late.write_head("POST /unicom/auth/login/", &attacker, &headers);
        heads_have_arrived().await;
        victim.log_in("alice").await;
        app.unblock(&account).await;
        late.write(login);
        assert_eq!(late.answer().status, 200);
        let mallory = app.guest().await;
        mallory.log_in("mallory").await;
        assert!(mallory.texts().await.is_empty());
        assert_eq!(victim.texts().await, ["first", "second"]);
    }

    async fn guest_session_started_after_the_login_is_invalid(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let guest = app.guest_who_wrote("hi").await;
        let account = guest.account_id().await;
        // A guest who has written gets a session.
        let before = begin(&app, &key_of(&account)).await;
        assert!(is_live(&before).await);
        guest.log_in("alice").await;
        assert!(!is_live(&before).await);
        let after = begin(&app, &key_of(&account)).await;
        assert!(!is_live(&after).await);
        assert_eq!(app.count("unicom_sessions").await, 1);
        // Nor does a guest who was erased, or who never existed.
        let erased = app.guest_who_wrote("hi").await;
        let account = erased.account_id().await;
        let admin = app.program().await;
        admin.post(&format!("/unicom/admin/accounts/{account}/erase/"), json!({})).await.ok();
        for key in [key_of(&account), "nobody".to_owned()] {
            assert!(!is_live(&begin(&app, &key).await).await, "{key}");
        }
        assert_eq!(number_of_orphans(&app).await, 0);
    }

    async fn guest_sessions_started_during_a_login_or_erasure_are_invalid(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        app.user("alice").await.log_out().await;
        for round in 0..8 {
            let guest = app.guest().await;
            let others = [(); 6].map(|()| guest.copy());
            guest.say("hi").await;
            let account = guest.account_id().await;
            let key = key_of(&account);
            let begun = join_all((0..12).map(|_| begin(&app, &key)));
            let sent = join_all(others.iter().map(|other| other.send(json!({ "text": "hi" }))));
            let end = async {
                if round % 2 == 0 {
                    guest.log_in("alice").await;
                } else {
                    admin.post(&format!("/unicom/admin/accounts/{account}/erase/"), json!({})).await.ok();
                }
            };
            let ((begun, sent), ()) = join(join(begun, sent), end).await;
            for answer in sent {
                assert!([200, 403].contains(&answer.status), "{}", answer.text());
            }
            for session in &begun {
                assert!(!is_live(session).await, "round {round}");
            }
            assert_eq!(number_of_orphans(&app).await, 0, "round {round}");
        }
    }

    async fn body_completed_after_the_login_is_rejected(db: &TestDatabase) {
        held_until(db, End::Login).await;
    }

    async fn body_completed_within_a_second_of_the_login_is_rejected(db: &TestDatabase) {
        held_until(db, End::LoginWithinASecond).await;
    }

    async fn body_completed_while_the_migration_is_pending_is_rejected(db: &TestDatabase) {
        held_until(db, End::LoginWithPendingMigration).await;
    }

    async fn body_completed_after_a_deactivation_is_rejected(db: &TestDatabase) {
        held_until(db, End::Deactivation).await;
    }

    async fn first_write_sent_before_the_login_is_rejected(db: &TestDatabase) {
        let (app, clock) = frozen(db).await;
        let guest = app.guest().await;
        let tab = guest.copy();
        let body = r#"{"text": "late"}"#;
        let mut late = begin_to_write(&app, &tab, "send", "application/json", body);
        heads_have_arrived().await;
        guest.say("hi").await;
        clock.advance(Duration::from_secs(1));
        guest.register("alice").await;
        // However long it takes.
        clock.advance(Duration::from_secs(3600));
        late.write(body);
        let answer = late.answer();
        assert_eq!(answer.status, 403, "{answer:?}");
        assert_eq!(guest.texts().await, ["hi"]);
    }
}

both! {
    async fn sessions_from_before_the_upgrade_continue_and_end(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let user = app.user("bob").await;
        let (victim, attacker) = two_sessions(&app).await;
        for name in ["down", "up"] {
            let statements = migration(db, name);
            let ran = app.database().write(move |tx| -> Result<(), DbError> {
                let db: &mut Db = tx;
                on_engine!(db, conn => conn.batch_execute(&statements))?;
                Ok(())
            });
            ran.await.unwrap();
            let rows = app.rows().await["unicom_sessions"].concat();
            // The name of the session was part of the state.
            assert_eq!(rows.contains("session_key"), name == "down", "{rows}");
        }
        assert_eq!(user.session().await["user"]["username"], "bob");
        user.say("still here").await;
        victim.log_in("alice").await;
        opens_nothing(&app, &attacker, &victim, "of a session from before").await;
    }
}

/// Returns the statements of the migration of the session state.
fn migration(db: &TestDatabase, name: &str) -> String {
    let engine = match db.database().engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let path = format!(
        "{}/../../crates/unicom-auth/migrations/{engine}/unicomauth-0007_session_state/{name}.sql",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap()
}
