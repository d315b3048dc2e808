//! Tests of a host that writes on a separate connection and publishes the events of its
//! transactions.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use serde_json::json;
use tokio::sync::broadcast::error::TryRecvError;
use unicom_core::PipelineOptions;
use unicom_db::{
    ConnectionManager, DatabaseOptions, Db, DbError, Engine, Event, by_engine, on_engine,
    transaction,
};
use unicom_models::{Direction, Message, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, save_webchat_message};

use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};
use crate::recorded::Recorded;

impl Fixture {
    /// Writes a message of the visitor through a connection of the host. Returns the message and
    /// the events to publish.
    fn say_on_own_connection(
        &self,
        db: &TestDatabase,
        visitor: &Visitor,
        text: &str,
    ) -> (Message, Vec<Event>) {
        let saved = transaction(&mut db.connection(), |tx| {
            save_webchat_message(tx, &self.channel, visitor, NewMessage::text(text))
        });
        let saved = saved.unwrap();
        (saved.value.message, saved.events)
    }
}

both_engines! {
    fn subscribers_receive_events_published_by_the_host(db: &TestDatabase) {
        let recorded = Recorded::with(db, DatabaseOptions::default());
        let database = &recorded.database;
        let site = Fixture::with(database, json!({"bot": "echo"}));
        let mut events = database.subscribe();
        let (message, published) = site.say_on_own_connection(db, &Visitor::guest("4f3c"), "hello");
        assert_eq!(site.message(message.id).text, "hello", "it is stored");
        assert!(matches!(events.try_recv(), Err(TryRecvError::Empty)));

        database.publish(published.clone());
        let received: Vec<Event> = std::iter::from_fn(|| events.try_recv().ok()).collect();
        assert_eq!(received, published);
        assert!(received.contains(&Event::MessageSaved {
            chat_id: message.chat_id.clone(),
            message_id: message.id,
            direction: Direction::Incoming,
        }));
        let request_id = site.request_of(&message).id;
        assert!(received.contains(&Event::RequestReady { request_id }));
        assert_eq!(recorded.value(r#"unicom_messages_total{direction="incoming"}"#), 1.0);
    }

    fn pipeline_processes_events_published_by_the_host(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        // Only events trigger a search for work: if one were missed, the request would wait longer
        // than the test.
        let options = PipelineOptions { poll: Duration::from_secs(3600), ..quick() };
        let _running = Running::start(db.database(), bots(), options);
        let visitor = Visitor::guest("4f3c");
        for text in ["one", "two", "three", "four"] {
            let (message, events) = site.say_on_own_connection(db, &visitor, text);
            // The first request may be found by the pipeline's search at its start, but not the
            // later ones.
            db.database().publish(events);
            until("it is answered", || site.request_of(&message).status == RequestStatus::Completed);
        }
        assert_eq!(site.texts(&visitor).len(), 8);
    }
}

both_engines! {
    fn host_row_and_message_are_committed_together(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let create = "CREATE TABLE shop_orders (number INTEGER)";
        on_engine!(&mut db.connection(), conn => conn.batch_execute(create)).unwrap();
        // Writes an order and a message in the host's transaction on a connection that it lends.
        macro_rules! order {
            ($connection:ident, $with:path, $succeeds:expr) => {{
                let mut events = Vec::new();
                let ended = $connection.transaction(|connection| {
                    diesel::sql_query("INSERT INTO shop_orders VALUES (1)").execute(connection)?;
                    let saved = $with(connection, |db| transaction(db, |tx| {
                        let new = NewMessage::text("about my order");
                        save_webchat_message(tx, &site.channel, &Visitor::guest("4f3c"), new)
                    }))?;
                    events = saved.events;
                    if $succeeds { Ok(()) } else { Err::<(), Box<dyn Error>>("no stock".into()) }
                });
                assert_eq!(ended.is_ok(), $succeeds, "{ended:?}");
                events
            }};
        }
        for (succeeds, rows) in [(false, 0), (true, 1)] {
            let events = by_engine!(
                db.connection(),
                Postgres(mut connection) => order!(connection, Db::with_postgres, succeeds),
                Sqlite(mut connection) => order!(connection, Db::with_sqlite, succeeds),
            );
            for table in ["shop_orders", "unicom_messages", "unicom_requests", "unicom_accounts"] {
                assert_eq!(site.rows_of(table), rows, "{table}");
            }
            if succeeds {
                let mut received = db.database().subscribe();
                db.database().publish(events);
                let mut received = std::iter::from_fn(|| received.try_recv().ok());
                assert!(received.any(|event| matches!(event, Event::MessageSaved { .. })));
            }
        }
    }

    fn lent_connection_is_given_back_after_a_panic(db: &TestDatabase) {
        macro_rules! panic_on {
            ($connection:ident, $with:path) => {{
                let panicked = catch_unwind(AssertUnwindSafe(|| {
                    $with(&mut $connection, |db| transaction(db, |_| -> Result<(), DbError> { panic!("inside") }))
                }));
                assert!(panicked.is_err());
                $connection.transaction(|connection| connection.batch_execute("SELECT 1")).unwrap();
            }};
        }
        by_engine!(
            db.connection(),
            Postgres(mut connection) => panic_on!(connection, Db::with_postgres),
            Sqlite(mut connection) => panic_on!(connection, Db::with_sqlite),
        );
    }

    fn pool_of_a_host_serves_both(db: &TestDatabase) {
        let site = Fixture::new(db);
        let manager = ConnectionManager::new(db.url()).unwrap();
        let pool = r2d2::Pool::builder().max_size(1).build(manager).unwrap();
        // A connection that is returned inside a transaction does not serve the next caller.
        on_engine!(&mut *pool.get().unwrap(), conn => AnsiTransactionManager::begin_transaction(conn)).unwrap();
        let saved = transaction(&mut pool.get().unwrap(), |tx| {
            let new = NewMessage::text("hello");
            save_webchat_message(tx, &site.channel, &Visitor::guest("4f3c"), new)
        });
        saved.unwrap();
        assert_eq!(site.rows_of("unicom_messages"), 1);
        if db.engine() == Engine::Sqlite {
            let query = "SELECT concat_ws(' ', foreign_keys, timeout, journal_mode, synchronous, temp_store) AS all_settings \
                FROM pragma_foreign_keys, pragma_busy_timeout, pragma_journal_mode, pragma_synchronous, pragma_temp_store";
            let settings: Settings = on_engine!(&mut *pool.get().unwrap(), conn => {
                diesel::sql_query(query).get_result(conn)
            }).unwrap();
            assert_eq!(settings.all_settings, "1 5000 wal 2 2");
        }
    }
}

#[derive(QueryableByName)]
struct Settings {
    #[diesel(sql_type = diesel::sql_types::Text)]
    all_settings: String,
}

#[cfg(feature = "sqlite")]
#[test]
fn foreign_keys_must_be_on_before_a_transaction() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection
        .batch_execute("PRAGMA foreign_keys = OFF; BEGIN")
        .unwrap();
    let refused = Db::with_sqlite(&mut connection, |db| db.ping()).unwrap_err();
    assert!(
        refused.to_string().contains("foreign keys are off"),
        "{refused}"
    );
    connection.batch_execute("COMMIT").unwrap();
    Db::with_sqlite(&mut connection, |db| db.ping()).unwrap();
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
#[test]
fn error_names_the_feature_of_a_missing_engine() {
    let (url, feature) = if cfg!(feature = "sqlite") {
        ("postgres://localhost/unicom", "postgres")
    } else {
        ("sqlite://unicom.db", "sqlite")
    };
    let error = unicom_db::Db::connect(url).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!("enable the feature `{feature}` of unicom-db")),
        "{error}"
    );
}
