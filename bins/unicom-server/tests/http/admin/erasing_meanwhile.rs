//! Tests of requests that run while a person is erased: they are completed and their data erased
//! too, or refused as documented.

use std::sync::Mutex;

use diesel::RunQueryDsl;
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use unicom_db::{Db, DbError, Engine, on_engine};
use unicom_testing::TestDatabase;

use super::{PNG, path};
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::response::Response;

/// Enough logins to wait for each other: few passwords are checked at a time.
const LOGINS: usize = 12;

const ROUNDS: usize = 8;

async fn try_log_in(client: &Client, name: &str) -> Response {
    let body = json!({ "username": name, "password": PASSWORD });
    client.post("/unicom/auth/login/", body).await
}

/// Logs in all clients at the same time and runs `meanwhile` as soon as one of them is answered.
/// The other logins have found the user by then and wait for their password checks.
async fn log_in_all<T>(
    clients: &[Client],
    name: &str,
    meanwhile: impl Future<Output = T>,
) -> (Vec<Response>, T) {
    let (first, let_in) = oneshot::channel();
    let first = Mutex::new(Some(first));
    let logins = join_all(clients.iter().map(async |client| {
        let answer = try_log_in(client, name).await;
        if let Some(first) = first.lock().unwrap().take() {
            first.send(()).unwrap();
        }
        answer
    }));
    join(logins, async {
        let_in.await.unwrap();
        meanwhile.await
    })
    .await
}

async fn erase(admin: &Client, account: &str) -> Value {
    let erase = path(&format!("accounts/{account}/erase/"));
    admin.post(&erase, json!({})).await.ok()
}

fn is_empty(session: &Value) -> bool {
    session["authenticated"] == false && session["account_id"].is_null()
}

/// Runs a statement whenever a login is recorded, in the same transaction.
async fn on_every_login(app: &TestApp, does: &'static str) {
    let statements: Vec<String> = match app.database().engine() {
        Engine::Sqlite => vec![format!(
            "CREATE TRIGGER meanwhile AFTER UPDATE OF last_login_at ON unicom_users BEGIN {does}; END"
        )],
        Engine::Postgres => vec![
            format!(
                "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$"
            ),
            "CREATE TRIGGER meanwhile AFTER UPDATE OF last_login_at ON unicom_users \
             FOR EACH ROW EXECUTE FUNCTION meanwhile()"
                .to_owned(),
        ],
    };
    let made = app.database().write(move |tx| -> Result<(), DbError> {
        for statement in statements {
            let db: &mut Db = tx;
            on_engine!(db, conn => diesel::sql_query(statement).execute(conn))?;
        }
        Ok(())
    });
    made.await.unwrap();
}

both! {
    async fn login_racing_an_erasure_fails(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        // On a busy machine all logins may be in before the erasure: then another user is erased.
        for round in 0..10 {
            let name = format!("alice{round}");
            let alice = app.new_user(&name, false).await;
            let clients = join_all((0..LOGINS).map(|_| app.guest_who_wrote("hi"))).await;
            let sessions: Vec<_> = clients.iter().map(|client| client.cookie("sessionid")).collect();
            let account = format!("webchat_user_{}", alice.id);
            let erased = erase(&admin, &account);
            let (answers, _) = log_in_all(&clients, &name, erased).await;
            let mut refused = 0;
            for ((client, session), answer) in clients.iter().zip(sessions).zip(answers) {
                if answer.status == 200 {
                    assert!(is_empty(&client.session().await));
                } else {
                    answer.is(401, "invalid_credentials").names("the username or the password is wrong");
                    // A client whose login was refused is still the same guest.
                    assert_eq!(client.cookie("sessionid"), session);
                    assert_eq!(client.texts().await, ["hi"]);
                    refused += 1;
                }
            }
            try_log_in(&clients[0], &name).await.is(401, "invalid_credentials");
            assert_eq!(app.count("unicom_users").await, 1, "staff alone");
            let of_users = "SELECT count(*) AS number FROM unicom_sessions WHERE user_id IS NOT NULL";
            assert_eq!(app.number(of_users).await, 0);
            if refused > 0 {
                return;
            }
        }
        panic!("in every round all logins were in before the erasure");
    }

    async fn login_recorded_before_an_erasure_fails(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.new_user("alice", false).await;
        let guest = app.guest_who_wrote("hi").await;
        on_every_login(&app, "DELETE FROM unicom_users").await;
        // The user exists until the password has been checked, as if the erasure came just after
        // the response.
        let answer = try_log_in(&guest, "alice").await.ok();
        assert_eq!(answer["user"]["id"], alice.id.to_string());
        assert!(is_empty(&guest.session().await));
        assert_eq!(guest.texts().await, [""; 0]);
        try_log_in(&guest, "alice").await.is(401, "invalid_credentials");
        guest.say("as a new guest").await;
    }

    async fn login_racing_a_password_reset_fails(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.new_user("alice", false).await;
        let clients = join_all((0..LOGINS).map(|_| app.guest())).await;
        let changed = async {
            let hash = unicom_auth::password::hash("another one").unwrap();
            app.database().write(move |tx| unicom_auth::users::set_password(tx, alice.id, &hash)).await
        };
        let (answers, changed) = log_in_all(&clients, "alice", changed).await;
        let _: Result<(), DbError> = changed;
        for (client, answer) in clients.iter().zip(&answers) {
            if answer.status == 401 {
                answer.is(401, "invalid_credentials");
            }
            assert!(is_empty(&client.session().await), "the old password still opens a session");
        }
        assert!(answers.iter().any(|answer| answer.status == 401));
    }

    async fn login_racing_a_password_change_fails(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let clients = join_all((0..LOGINS).map(|_| app.guest())).await;
        let body = json!({ "current_password": PASSWORD, "new_password": "wheels spokes and a bell" });
        let change = alice.post("/unicom/auth/password/", body);
        // They log in before, during and after the change.
        let logins = join_all(clients.iter().map(async |client| {
            loop {
                let answer = try_log_in(client, "alice").await;
                if answer.status == 200 {
                    continue;
                }
                // A client that was logged in has lost that session and its CSRF token.
                if answer.code() == "csrf_failed" {
                    client.session().await;
                    continue;
                }
                answer.is(401, "invalid_credentials");
                break;
            }
        }));
        let (_, changed) = join(logins, change).await;
        changed.ok();
        for client in &clients {
            assert!(is_empty(&client.session().await), "the old password still opens a session");
        }
        assert_eq!(alice.session().await["authenticated"], true);
        assert_eq!(app.number("SELECT count(*) AS number FROM unicom_sessions WHERE user_id IS NOT NULL").await, 1);
    }

    async fn requests_racing_an_erasure_complete_or_fail(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let admin = app.program().await;
        for round in 0..ROUNDS {
            let name = format!("alice{round}");
            let alice = app.user(&name).await;
            let account = alice.account_id().await;
            // In every other round the user has never written, so there is no account to lock.
            let chat = if round % 2 == 0 {
                alice.say("hi").await;
                alice.send_file("a.png", PNG).await.ok();
                format!("/unicom/webchat/chat/{account}/")
            } else {
                "/unicom/webchat/chat/none/".to_owned()
            };
            let send = "/unicom/webchat/send/";
            let (text, named) = (json!({ "text": "hi" }), json!({ "text": "hi", "chat_id": account }));
            let asked = [
                (Method::POST, send, text.clone()),
                (Method::POST, send, named),
                (Method::POST, "/unicom/webchat/chats/", json!({ "name": "mine" })),
                (Method::PATCH, &chat, json!({ "name": "mine" })),
                (Method::DELETE, &chat, json!({})),
                (Method::GET, "/unicom/webchat/messages/", Value::Null),
                (Method::GET, "/unicom/webchat/chats/", Value::Null),
                (Method::GET, "/unicom/auth/session/", Value::Null),
                (Method::POST, send, text),
            ];
            let several = [(); 3].map(|()| alice.copy());
            let all = join_all(several.iter().flat_map(|client| asked.iter().map(async |(method, path, body)| {
                let request = client.request(method.clone(), path);
                let request = if body.is_null() { request } else { request.json(body) };
                (format!("{method} {path}"), request.send().await)
            })));
            let sessions = [(); 3].map(|()| alice.copy());
            let ends = join_all(sessions.iter().enumerate().map(async |(number, client)| {
                let path = ["login", "logout", "logout-everywhere"][number];
                let body = json!({ "username": name, "password": PASSWORD });
                (path.to_owned(), client.post(&format!("/unicom/auth/{path}/"), body).await)
            }));
            let ((mut answers, ended), _) = join(join(all, ends), erase(&admin, &account)).await;
            answers.extend(ended);
            for (what, answer) in answers {
                let is_fine = (200..300).contains(&answer.status) || [401, 403, 404].contains(&answer.status);
                assert!(is_fine, "{what}: {} {}", answer.status, answer.text());
            }
            app.settled().await;
            for table in ["unicom_accounts", "unicom_members", "unicom_chats", "unicom_messages", "unicom_requests"] {
                assert_eq!(app.rows().await[table], [""; 0], "{table} of round {round}");
            }
            let left = app.rows().await;
            assert_eq!((left["unicom_users"].len(), left["unicom_sessions"].len()), (1, 0), "round {round}");
            TestApp::wait_for("no file", async || app.files().is_empty().then_some(())).await;
        }
    }
}
