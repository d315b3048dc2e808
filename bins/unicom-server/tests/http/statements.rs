//! Tests of the number of SQL statements per request: it is small and does not grow with the data.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use diesel::connection::{
    Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation,
};
use serde_json::json;
use unicom_core::buttons::{Button, Buttons};
use unicom_db::queries::leases::{self, LeaseKind};
use unicom_db::queries::queue;
use unicom_db::{DbError, Engine, on_engine};
use unicom_models::UtcTime;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::live::send_to;

/// The statements sent to one database, over all connections.
pub type Statements = Arc<Mutex<RecordedStatements>>;

#[derive(Debug, Default)]
pub struct RecordedStatements {
    /// Each statement in order, except those that begin or end a transaction, set up or test a
    /// connection or notify other processes.
    sent: Vec<String>,
    /// The texts of statements that were prepared for reuse.
    kept: HashSet<String>,
}

/// The statements sent to each database, by the address of its connections.
static RECORDED: Mutex<Option<HashMap<String, Statements>>> = Mutex::new(None);

/// Prefixes of statements that do not belong to a request.
const OTHERS: [&str; 9] = [
    "BEGIN",
    "COMMIT",
    "SELECT 1;",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "PRAGMA",
    "SET ",
    "SELECT pg_notify",
];

/// Records the statements of one connection.
#[derive(Default)]
struct Recorder(Option<Statements>);

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartEstablishConnection { url, .. } = event {
            self.0 = Some(statements_of(url));
            return;
        }
        let Some(mut recorded) = self.0.as_ref().map(|recorded| recorded.lock().unwrap()) else {
            return;
        };
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let query = query.to_string();
                if !OTHERS.iter().any(|other| query.starts_with(other)) {
                    recorded.sent.push(query);
                }
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                recorded.kept.insert(sql.to_owned());
            }
            _ => {}
        }
    }
}

fn statements_of(url: &str) -> Statements {
    let path = url.trim_start_matches("sqlite://").to_owned();
    let mut recorded = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(recorded.get_or_insert_default().entry(path).or_default())
}

/// Starts a server that runs no bots. Returns it with its recorded statements.
async fn recording(db: &TestDatabase) -> (TestApp, Statements) {
    recording_with(db, Options::default()).await
}

/// Starts a server that runs no bots, with further options. Returns it with its recorded
/// statements.
pub async fn recording_with(db: &TestDatabase, options: Options) -> (TestApp, Statements) {
    record_statements();
    let options = Options {
        bots_at_once: Some(0),
        ..options
    };
    let app = TestApp::with_options(db, options).await;
    first_housekeeping(&app).await;
    (app, statements_of(db.url()))
}

/// Waits until the server that has just started has finished its first housekeeping, so that later
/// statements belong to requests: each of its tasks waits for its next time.
async fn first_housekeeping(app: &TestApp) {
    let soon = Some(UtcTime::now().plus(Duration::from_secs(300)));
    TestApp::wait_for("the first housekeeping", async || {
        let waiting = app.database().read(move |db| -> Result<_, DbError> {
            leases::waiting(db, LeaseKind::Housekeeping, soon)
        });
        (waiting.await.unwrap().len() == 7).then_some(())
    })
    .await;
}

/// Records the statements of every connection that is made from now on.
fn record_statements() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| set_default_instrumentation(|| Some(Box::new(Recorder::default()))).unwrap());
}

/// Returns the result of `request` and the statements it sent, without their values.
pub async fn cost<T>(recorded: &Statements, request: impl Future<Output = T>) -> (T, Vec<String>) {
    recorded.lock().unwrap().sent.clear();
    let answer = request.await;
    let statements = std::mem::take(&mut recorded.lock().unwrap().sent);
    (answer, statements)
}

#[track_caller]
fn at_most(limit: usize, what: &str, statements: &[String]) {
    assert!(!statements.is_empty(), "{what}: no statement was recorded");
    assert!(
        statements.len() <= limit,
        "{what} costs {} statements:\n{}",
        statements.len(),
        statements.join("\n")
    );
}

/// Writes a chat of questions and answers. Returns the id of the last answer.
async fn dialogue(client: &Client, questions: usize) -> String {
    let mut last = String::new();
    for number in 0..questions {
        let question = client.say(&format!("question {number}")).await;
        let answer = json!({ "text": "answer", "reply_to_message_id": question["id"] });
        let answer = client.send(answer).await.ok();
        last = answer["message"]["id"].as_str().unwrap().to_owned();
    }
    last
}

/// Returns the id of the newest message.
async fn last_of(client: &Client) -> String {
    let page = client.messages("limit=1").await;
    page["messages"][0]["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn all_are_kept(recorded: &Statements, statements: &[String]) {
    let kept = recorded.lock().unwrap().kept.clone();
    let made_anew: Vec<&str> = statements
        .iter()
        .map(|statement| statement.split(" -- binds:").next().unwrap())
        .filter(|text| !kept.contains(*text))
        .collect();
    assert!(
        made_anew.is_empty(),
        "prepared anew each time:\n{}",
        made_anew.join("\n")
    );
}

both! {
    async fn send_takes_at_most_7_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let user = app.user("ada").await;
        user.say("hi").await;
        for (who, client) in [("a guest", &guest), ("a user", &user)] {
            let chat = client.account_id().await;
            let first = client.say("first").await;
            let (_, cost_of_plain) = cost(&recorded, client.send(json!({ "text": "hi" }))).await;
            at_most(7, &format!("a send of {who}"), &cost_of_plain);
            let full = json!({
                "text": "hi", "chat_id": chat, "client_message_id": "m1", "reply_to_message_id": first["id"],
            });
            let (answer, cost_of_full) = cost(&recorded, client.send(full)).await;
            answer.ok();
            at_most(7, &format!("a send of {who} with all there is"), &cost_of_full);
            dialogue(client, 20).await;
            let (_, later) = cost(&recorded, client.send(json!({ "text": "hi" }))).await;
            assert_eq!(later.len(), cost_of_plain.len(), "{who}: whatever the size");
        }
    }

    /// As many as a send in a transaction on PostgreSQL: the session, the locks, the reads, and
    /// five writes.
    async fn click_takes_at_most_8_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let user = app.user("ada").await;
        user.say("hi").await;
        for (who, client) in [("a guest", &guest), ("a user", &user)] {
            let mut cost_before = None;
            for size in [0, 20] {
                dialogue(client, size).await;
                let buttons = Buttons(vec![vec![Button::value("Yes", "y")]]);
                let message = app.offer(&client.account_id().await, buttons).await;
                let body = json!({ "callback_execution_id": format!("{message}.0.0") });
                let click = client.post("/unicom/webchat/button-click/", body);
                let (answer, statements) = cost(&recorded, click).await;
                answer.ok();
                at_most(8, &format!("a click of {who}"), &statements);
                let before = *cost_before.get_or_insert(statements.len());
                assert_eq!(statements.len(), before, "{who}: whatever the size");
            }
        }
    }

    /// Looks up what became of the guest, creates everything that a first message needs, and stores
    /// the session of a guest who still exists. PostgreSQL creates rows of several tables with one
    /// statement, and SQLite has no round trips to save.
    async fn first_send_takes_few_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        // The server has completed its start-up work by then.
        app.guest_who_wrote("hi").await.say("again").await;
        let guest = app.guest().await;
        let (answer, statements) = cost(&recorded, guest.send(json!({ "text": "hi" }))).await;
        answer.ok();
        let limit = match db.engine() {
            Engine::Postgres => 10,
            Engine::Sqlite => 16,
        };
        at_most(limit, "a first send", &statements);
    }

    async fn message_page_takes_at_most_5_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let user = app.user("ada").await;
        for (who, client) in [("a guest", &guest), ("a user", &user)] {
            let last = dialogue(client, 30).await;
            let chat = client.account_id().await;
            for query in [
                String::new(),
                format!("?chat_id={chat}&limit=100"),
                format!("?channel_id={}&order=asc", app.channel_id()),
                format!("?before={last}"),
                format!("?chat_id={chat}&after={last}"),
            ] {
                let path = format!("/unicom/webchat/messages/{query}");
                let (answer, statements) = cost(&recorded, client.get(&path)).await;
                answer.ok();
                at_most(4, &format!("{query} for {who}"), &statements);
            }
        }
        let path = format!("/unicom/webchat/messages/?around={}", last_of(&user).await);
        let (answer, statements) = cost(&recorded, user.get(&path)).await;
        answer.ok();
        at_most(5, "a page around a message", &statements);
        // The newest message of a bot is not on the page.
        let page = user.messages("limit=1").await;
        let chat = page["chat_id"].as_str().unwrap().to_owned();
        send_to(&app, &chat, "Hello").await;
        let path = format!("/unicom/webchat/messages/?before={}", page["messages"][0]["id"].as_str().unwrap());
        let (answer, statements) = cost(&recorded, user.get(&path)).await;
        assert_eq!(answer.ok()["messages"][0]["status"], "seen");
        at_most(5, "an older page", &statements);
    }

    async fn page_of_a_branch_takes_at_most_7_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let user = app.user("ada").await;
        let last = dialogue(&user, 30).await;
        for (branch, limit) in [("latest", 5), ("all", 4), (&*last, 7)] {
            for more in [String::new(), format!("&before={last}"), format!("&after={last}&limit=100")] {
                let path = format!("/unicom/webchat/messages/?branch={branch}{more}");
                let (answer, statements) = cost(&recorded, user.get(&path)).await;
                answer.ok();
                at_most(limit, &path, &statements);
            }
        }
    }

    async fn edits_and_deletions_take_few_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let user = app.user("ada").await;
        let last = dialogue(&user, 30).await;
        let path = format!("/unicom/webchat/message/{last}/");
        let edit = user.patch(&path, json!({ "text": "changed" }));
        let (answer, statements) = cost(&recorded, edit).await;
        answer.ok();
        at_most(12, "an edit", &statements);
        let (answer, statements) = cost(&recorded, user.delete(&path)).await;
        answer.ok();
        at_most(32, "a deletion", &statements);
    }

    async fn poll_without_changes_reads_no_message(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let tag = guest.get("/unicom/webchat/messages/").await.header("etag").to_owned();
        let poll = guest.request(reqwest::Method::GET, "/unicom/webchat/messages/").header("If-None-Match", &tag);
        let (answer, statements) = cost(&recorded, poll.send()).await;
        assert_eq!(answer.status, 304);
        at_most(2, "a poll", &statements);
        // Nor does a request for messages newer than the newest.
        guest.say("again").await;
        let page = guest.messages("").await;
        let [newest, older] = [0, 1].map(|index| {
            let id = page["messages"][index]["id"].as_str().unwrap();
            format!("/unicom/webchat/messages/?after={id}")
        });
        let (answer, nothing_new) = cost(&recorded, guest.get(&newest)).await;
        assert_eq!(answer.ok()["messages"], json!([]));
        let (answer, one_new) = cost(&recorded, guest.get(&older)).await;
        assert_eq!(answer.ok()["messages"], json!([page["messages"][0]]));
        assert_eq!(nothing_new.len() + 1, one_new.len(), "{one_new:?}");
    }

    async fn chat_list_takes_at_most_3_statements(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let user = app.user("ada").await;
        for number in 0..30 {
            user.post("/unicom/webchat/chats/", json!({ "name": format!("Order {number}") })).await.ok();
        }
        for query in [
            String::new(),
            "?limit=10&name__icontains=order".to_owned(),
            format!("?channel_id={}", app.channel_id()),
        ] {
            let path = format!("/unicom/webchat/chats/{query}");
            let (answer, statements) = cost(&recorded, user.get(&path)).await;
            answer.ok();
            at_most(3, &query, &statements);
        }
    }

    async fn statements_are_prepared_once_and_cached(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let user = app.user("ada").await;
        user.say("hi").await;
        let buttons = Buttons(vec![vec![Button::value("Yes", "y"), Button::value("No", "n")]]);
        let question = app.offer(&user.account_id().await, buttons).await;
        let click = async |place| {
            let body = json!({ "callback_execution_id": format!("{question}.0.{place}") });
            user.post("/unicom/webchat/button-click/", body).await.ok();
        };
        click(0).await;
        let requests = async {
            click(1).await;
            user.say("hi").await;
            let first = user.say("first").await;
            let full = json!({ "text": "hi", "client_message_id": "m1", "reply_to_message_id": first["id"] });
            user.send(full).await.ok();
            user.get("/unicom/webchat/messages/").await.ok();
            user.get(&format!("/unicom/webchat/messages/?after={}", first["id"].as_str().unwrap())).await.ok();
            user.get("/unicom/webchat/chats/").await.ok();
        };
        let ((), statements) = cost(&recorded, requests).await;
        all_are_kept(&recorded, &statements);
    }

    async fn pipeline_statements_are_prepared_once_and_cached(db: &TestDatabase) {
        record_statements();
        let (app, recorded) = (TestApp::with_echo(db).await, statements_of(db.url()));
        let silent = app.channel(json!({})).await;
        let user = app.user("ada").await;
        let both_channels = async || {
            user.say("hi").await;
            user.send(json!({ "text": "is anybody there?", "channel_id": silent })).await.ok();
            let all_have_ended = async || {
                let due = app.database().read(queue::next_due).await;
                due.unwrap().is_none().then_some(())
            };
            TestApp::wait_for("the end of both requests", all_have_ended).await;
        };
        both_channels().await;
        let ((), statements) = cost(&recorded, both_channels()).await;
        let begins = |statement: &&String| {
            statement.contains("unicom_requests SET attempts = ") || statement.contains("request SET attempts = ")
        };
        let begun = statements.iter().filter(begins).count();
        // On PostgreSQL, one statement may begin both.
        assert!((1..=2).contains(&begun), "{}", statements.join("\n"));
        all_are_kept(&recorded, &statements);
    }

    async fn pages_look_for_further_files_of_providers_only(db: &TestDatabase) {
        let (app, recorded) = recording(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let admin = app.program().await;
        let of_admins = format!("/unicom/admin/chats/{}/messages/", guest.account_id().await);
        let mut costs = Vec::new();
        for _ in 0..2 {
            for (client, path) in [(&guest, "/unicom/webchat/messages/"), (&admin, &of_admins)] {
                client.get(path).await.ok();
                let (_, statements) = cost(&recorded, client.get(path)).await;
                let of_files = statements.iter().filter(|statement| statement.contains("unicom_files"));
                costs.push((of_files.count(), statements.len()));
            }
            let update = "UPDATE unicom_messages SET provider_message_id = 'p-1'";
            let known = app.database().write(move |tx| -> Result<_, DbError> {
                Ok(on_engine!(&mut **tx, conn => conn.batch_execute(update))?)
            });
            known.await.unwrap();
        }
        let [(0, of_guest), (0, of_admin), (1, further), (1, of_admin_further)] = costs[..] else { panic!("{costs:?}") };
        assert_eq!((further, of_admin_further), (of_guest + 1, of_admin + 1));
    }

    async fn answers_cost_no_statement_for_notices(db: &TestDatabase) {
        record_statements();
        let (app, recorded) = (TestApp::with_echo(db).await, statements_of(db.url()));
        let silent = app.channel(json!({})).await;
        let user = app.user("ada").await;
        let of_notices = || {
            let sent = recorded.lock().unwrap().sent.clone();
            let is_one = |statement: &String| statement.contains("\"Internal\"");
            sent.into_iter().filter(is_one).collect::<Vec<_>>()
        };
        for _ in 0..3 {
            user.say("hi").await;
        }
        TestApp::wait_for("the answers", async || {
            (user.messages("").await["messages"].as_array().unwrap().len() == 6).then_some(())
        })
        .await;
        app.settled().await;
        assert_eq!(of_notices(), [""; 0]);
        // Without a channel for notices, a request without an answer costs the look for one.
        user.send(json!({ "text": "is anybody there?", "channel_id": silent })).await.ok();
        TestApp::wait_for("the look", async || (!of_notices().is_empty()).then_some(())).await;
        app.settled().await;
        at_most(1, "a request without an answer", &of_notices());
    }
}
