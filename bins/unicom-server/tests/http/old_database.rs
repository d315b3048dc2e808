//! Tests that a database of an earlier build keeps its data and its open work when it is migrated.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use reqwest::Method;
use serde_json::{Value, json};
use unicom_db::{DbError, Engine, on_engine};
use unicom_server::Options;
use unicom_testing::{FakePlatform, TestDatabase, all_rows, both_engines};

use crate::app::{Setup, TestApp};
use crate::before_leases::{dump, load};
use crate::client::{Client, texts};

/// The channel of the fake platform.
const FAKE_CHANNEL: i64 = 5;

/// The secret key of the server that made the database.
const SECRET_KEY: &str = "the secret key of the old database";

/// Returns the secret with this name in the header of the dump: the value of the session cookie of
/// the `guest`, the `user` or the `shopper`, or the `token` of an admin.
fn secret(engine: Engine, name: &str) -> &'static str {
    let start = format!("-- {name}: ");
    let mut lines = dump(engine).lines();
    lines.find_map(|line| line.strip_prefix(&start)).unwrap()
}

fn migrate(db: &TestDatabase) {
    let sets = [&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS];
    db.database().migrate(&sets).unwrap();
}

/// Makes the sessions of users as young as if they had just logged in.
fn log_in_now(db: &TestDatabase) {
    let now = match db.engine() {
        Engine::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER) * 1000000",
        Engine::Postgres => "now()",
    };
    let update = format!("UPDATE unicom_sessions SET created_at = {now}");
    on_engine!(&mut db.connection(), conn => diesel::sql_query(update).execute(conn)).unwrap();
}

/// A server on the migrated database, and an admin's program.
struct Old {
    app: TestApp,
    fake: FakePlatform,
    admin: Client,
    engine: Engine,
}

impl Old {
    async fn start(db: &TestDatabase) -> Self {
        load(db);
        log_in_now(db);
        migrate(db);
        let fake = FakePlatform::default();
        let setup = Setup {
            options: Options {
                secret_key: Some(SECRET_KEY.to_owned()),
                ..Options::default()
            },
            platforms: unicom_server::platforms().with(fake.clone()),
            ..Setup::default()
        };
        let app = TestApp::with(db, setup).await;
        let engine = db.engine();
        let admin = Client::new(app.base()).with_bearer(secret(engine, "token"));
        Self {
            app,
            fake,
            admin,
            engine,
        }
    }

    /// Returns the browser of a visitor who has kept the cookie of the session.
    async fn browser(&self, name: &str) -> Client {
        let browser = Client::new(self.app.base());
        browser.set_cookie("sessionid", secret(self.engine, name));
        // Receives a token against cross-site requests.
        browser.session().await;
        browser
    }

    /// Returns all requests by the texts of their messages.
    async fn requests(&self) -> BTreeMap<String, Value> {
        let path = "/unicom/admin/requests/?limit=100";
        let all = self.admin.get(path).await.ok()["requests"].clone();
        let all = all.as_array().unwrap().iter();
        all.map(|request| (string(request, "display_text"), request.clone()))
            .collect()
    }

    async fn until_status(&self, text: &str, status: &str) {
        TestApp::wait_for(&format!("{text} is {status}"), async || {
            (self.requests().await[text]["status"] == status).then_some(())
        })
        .await;
    }

    /// Returns the texts of the chat of the request with this text, the oldest first.
    async fn texts_with(&self, text: &str) -> Vec<String> {
        let chat = string(&self.requests().await[text], "chat_id");
        self.texts_of(&chat).await
    }

    async fn texts_of(&self, chat: &str) -> Vec<String> {
        let path = format!("/unicom/admin/chats/{chat}/messages/?order=asc&limit=100");
        texts(&self.admin.get(&path).await.ok())
    }

    /// Reports a message to the webhook of the fake platform.
    async fn report(&self, id: &str, from: &str, text: &str) {
        let path = format!("/unicom/hooks/fake/{FAKE_CHANNEL}/");
        let body = json!({ "messages": [{ "id": id, "from": from, "text": text }] });
        let provider = Client::new(self.app.base());
        let call = provider.request(Method::POST, &path).json(&body);
        let answer = call
            .header("X-Fake-Token", "a token of a test")
            .send()
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Waits until this many messages have been delivered. Returns the texts by the address of the
    /// recipient, in order.
    async fn delivered(&self, count: usize) -> BTreeMap<String, Vec<String>> {
        TestApp::wait_for("deliveries", async || {
            (self.fake.delivered().len() >= count).then_some(())
        })
        .await;
        let mut by_recipient: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for job in self.fake.delivered() {
            let texts = by_recipient.entry(job.to.value).or_default();
            texts.push(job.message.text);
        }
        by_recipient
    }
}

fn string(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap().to_owned()
}

/// Returns the definitions of all tables, indexes and triggers.
fn schema(db: &TestDatabase) -> BTreeSet<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let query = match db.engine() {
        Engine::Sqlite => "SELECT sql AS line FROM sqlite_schema WHERE sql IS NOT NULL",
        Engine::Postgres => {
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, is_identity,
                collation_name) AS line FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT relname || array_to_string(reloptions, ' ') FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL"
        }
    };
    let lines: Vec<Line> = db.read(move |db| -> Result<_, DbError> {
        Ok(on_engine!(db, conn => diesel::sql_query(query).load(conn))?)
    });
    lines.into_iter().map(|line| line.line).collect()
}

both_engines! {
    migrations: [];

    fn migrated_database_keeps_every_row(db: &TestDatabase) {
        load(db);
        let before = db.read(all_rows);
        migrate(db);
        let mut after = db.read(all_rows);
        for (table, rows) in before {
            let migrated = after.remove(&table).unwrap();
            match table.as_str() {
                // These tables have new columns, or values in another form.
                "unicom_deliveries" | "unicom_sessions" => {
                    assert_eq!(migrated.len(), rows.len(), "{table}");
                }
                // These tables have new columns at the end.
                "unicom_account_chats" | "unicom_chats" | "unicom_messages" => {
                    let longer = migrated.iter().map(String::as_str);
                    let extends = |(new, old): (&str, &String)| new.starts_with(old.trim_end_matches(')'));
                    assert!(longer.zip(&rows).all(extends), "{table}");
                    assert_eq!(migrated.len(), rows.len(), "{table}");
                }
                _ => assert_eq!(migrated, rows, "{table}"),
            }
        }
        after.retain(|_, rows| !rows.is_empty());
        let new: Vec<_> = after.iter().map(|(table, rows)| (table.as_str(), rows.len())).collect();
        assert_eq!(new, [
            ("unicom_addresses", 4), ("unicom_leases", 9), ("unicom_provider_messages", 5),
        ]);
    }

    fn migrated_schema_equals_a_new_one(db: &TestDatabase) {
        load(db);
        migrate(db);
        let sets = [&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS];
        let new = match db.engine() {
            Engine::Sqlite => TestDatabase::sqlite(&sets),
            Engine::Postgres => TestDatabase::postgres(&sets).unwrap(),
        };
        assert_eq!(schema(db), schema(&new));
    }

    async fn open_requests_are_answered_in_the_order_of_their_chats(db: &TestDatabase) {
        let old = Old::start(db).await;
        for (name, count) in [("pending", 3), ("identifying", 1), ("categorizing", 1), ("processing", 2), ("retry", 2)] {
            let asked: Vec<_> = (1..=count).map(|number| format!("{name} {number}")).collect();
            for text in &asked {
                old.until_status(text, "COMPLETED").await;
            }
            let answers = asked.iter().map(|text| format!("Echo: {text}"));
            let expected: Vec<_> = asked.iter().cloned().chain(answers).collect();
            assert_eq!(old.texts_with(&asked[0]).await, expected);
        }
        old.until_status("open", "COMPLETED").await;
    }

    async fn requests_that_wait_go_on_waiting(db: &TestDatabase) {
        let old = Old::start(db).await;
        for text in ["pending 3", "processing 2", "retry 2", "open"] {
            old.until_status(text, "COMPLETED").await;
        }
        let requests = old.requests().await;
        for (text, status) in [
            ("later 1", "PROCESSING"), ("later 2", "PENDING"), ("failed 1", "FAILED"),
            ("is anybody there?", "QUEUED"), ("hi", "CATEGORY_LIST_SENT"),
        ] {
            assert_eq!(requests[text]["status"], status, "{text}");
        }
        assert_eq!(requests["later 1"]["attempts"], 1);

        // The bot's later reply is accepted, and the next request of the chat is answered.
        let bot = Client::new(old.app.base()).with_bearer("the token of a later reply");
        let path = format!("/unicom/requests/{}/reply/", string(&requests["later 1"], "id"));
        bot.post(&path, json!({ "replies": [{ "text": "at last" }] })).await.ok();
        old.until_status("later 2", "COMPLETED").await;
        assert_eq!(old.texts_with("later 1").await, ["later 1", "later 2", "at last", "Echo: later 2"]);

        let path = format!("/unicom/admin/requests/{}/retry/", string(&requests["failed 1"], "id"));
        old.admin.post(&path, json!({})).await.ok();
        old.until_status("failed 1", "COMPLETED").await;
        assert_eq!(old.texts_with("failed 1").await, ["failed 1", "Echo: failed 1"]);

        // The shopper chooses from the list of categories.
        let shopper = old.browser("shopper").await;
        let chosen = "1-request where is it?";
        shopper.send(json!({ "text": chosen, "channel_id": 3 })).await.ok();
        old.until_status(chosen, "COMPLETED").await;
        let page = shopper.messages("channel_id=3&order=asc&limit=100").await;
        let texts = texts(&page);
        assert_eq!((texts.len(), texts[0].as_str(), texts[2].as_str()), (4, "hi", chosen));
        let requests = old.requests().await;
        assert!(requests[chosen]["category_id"].is_string());
        assert_eq!(requests["hi"]["status"], "CATEGORY_LIST_SENT");
    }

    async fn open_deliveries_arrive_once_and_in_order(db: &TestDatabase) {
        let old = Old::start(db).await;
        let expected = json!({
            "49170": ["claimed", "behind", "last", "Echo: open"],
            "49171": ["tried before", "after it"],
        });
        assert_eq!(json!(old.delivered(6).await), expected);

        let dead = old.admin.get("/unicom/admin/deliveries/?status=dead").await.ok();
        assert_eq!(dead["deliveries"].as_array().map(Vec::len), Some(1));
        let dead = &dead["deliveries"][0];
        assert_eq!((&dead["attempts"], &dead["error"]), (&json!(5), &json!("temporary: no network")));
        let path = format!("/unicom/admin/deliveries/{}/retry/", string(dead, "message_id"));
        old.admin.post(&path, json!({})).await.ok();
        assert_eq!(old.delivered(7).await["49170"][4], "is dead");
        TestApp::wait_for("the end of all deliveries", async || {
            let query = "SELECT count(*) AS number FROM unicom_deliveries WHERE due_at IS NOT NULL";
            (old.app.number(query).await == 0).then_some(())
        })
        .await;
        assert_eq!(old.fake.delivered().len(), 7);
    }

    async fn known_senders_and_messages_of_a_platform_stay_known(db: &TestDatabase) {
        let old = Old::start(db).await;
        old.delivered(6).await;
        let [first, second] = [("49170", "fake_5_49170"), ("49171", "fake_49171")];
        let before = old.app.counts().await;
        // Earlier builds kept the provider's id in either of two columns.
        for (id, (from, _)) in [("in-1", first), ("in-2", first), ("in-3", first), ("in-1b", second)] {
            old.report(id, from, "once more").await;
        }
        assert_eq!(old.app.counts().await, before);

        for (id, (from, chat)) in [("in-8", first), ("in-9", second)] {
            old.report(id, from, &format!("new {id}")).await;
            old.until_status(&format!("new {id}"), "COMPLETED").await;
            let request = &old.requests().await[&format!("new {id}")];
            assert_eq!((string(request, "chat_id").as_str(), string(request, "account_id")), (chat, format!("fake_{from}")));
            assert_eq!(old.texts_of(chat).await.last().unwrap(), &format!("Echo: new {id}"));
        }
        let delivered = old.delivered(8).await;
        assert_eq!(delivered["49170"].last().unwrap(), "Echo: new in-8");
        assert_eq!(delivered["49171"].last().unwrap(), "Echo: new in-9");
        for table in ["unicom_accounts", "unicom_chats"] {
            assert_eq!(old.app.count(table).await, before[table], "{table}");
        }
    }

    async fn visitors_keep_their_sessions_and_chats(db: &TestDatabase) {
        let old = Old::start(db).await;
        let guest = old.browser("guest").await;
        let expected = ["hello", "Echo: hello", "how are you?", "Echo: how are you?"];
        let page = guest.messages("order=asc&limit=100").await;
        assert_eq!(texts(&page)[..4], expected);
        assert_eq!(page["messages"][4]["media_type"], "image");
        // Sent once more, the message is found.
        let first = &page["messages"][0];
        let again = json!({ "text": "hello", "client_message_id": "first", "channel_id": 1 });
        assert_eq!(guest.send(again).await.ok()["message"]["id"], first["id"]);

        let user = old.browser("user").await;
        assert_eq!(user.account_id().await, "webchat_user_2");
        let expected = ["as a guest", "Echo: as a guest", "as a user", "Echo: as a user"];
        assert_eq!(user.texts().await, expected);
        user.send(json!({ "text": "and now?", "channel_id": 1 })).await.ok();
        TestApp::wait_for("an answer", async || {
            (user.texts().await.last().unwrap() == "Echo: and now?").then_some(())
        })
        .await;
        // The password that the user chose is accepted.
        let elsewhere = old.app.guest().await;
        elsewhere.log_in("ada").await;
        assert_eq!(elsewhere.texts().await.len(), 6);
    }
}
