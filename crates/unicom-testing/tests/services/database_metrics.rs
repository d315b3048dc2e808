//! Tests of the database metrics: waiting jobs and their age, refusals, and throughput.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use unicom_db::queries::work;
use unicom_db::{Database, DatabaseOptions, DbError, Engine, Reply};
use unicom_models::{DeliveryStatus, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::Fixture;
use crate::pipeline::until;
use crate::recorded::Recorded;

/// Opens a database with one writing thread, whose queue holds two more writes.
fn narrow(db: &TestDatabase) -> Recorded {
    let options = DatabaseOptions {
        connections: 2,
        queue: 2,
        ..DatabaseOptions::default()
    };
    Recorded::with(db, options)
}

/// Starts a write that ends when the sender is dropped. Returns once the write has begun.
fn hold_up(database: &Database) -> (mpsc::Sender<()>, Reply<(), DbError>) {
    let (release, held) = mpsc::channel::<()>();
    let (begun, has_begun) = mpsc::channel();
    let reply = database.write(move |_| {
        begun.send(()).unwrap();
        // An error means that the sender was dropped.
        let _ = held.recv();
        Ok(())
    });
    has_begun.recv().unwrap();
    (release, reply)
}

fn nothing(database: &Database) -> Reply<(), DbError> {
    database.write(|_| Ok(()))
}

impl Recorded {
    /// Returns the value of a metric of the queue `lane`.
    #[track_caller]
    fn of(&self, lane: &str, name: &str) -> f64 {
        self.value(&format!(r#"unicom_database_{name}{{lane="{lane}"}}"#))
    }

    #[track_caller]
    fn refused(&self, lane: &str, reason: &str) -> f64 {
        let labels = format!(r#"{{lane="{lane}",reason="{reason}"}}"#);
        self.value(&format!("unicom_database_jobs_refused_total{labels}"))
    }
}

both_engines! {
    fn waiting_jobs_are_reported_with_their_age(db: &TestDatabase) {
        let recorded = narrow(db);
        let database = &recorded.database;
        let of_writes = |name: &str| recorded.of("write", name);
        assert_eq!(of_writes("jobs_waiting"), 0.0);
        assert_eq!(of_writes("oldest_job_age_seconds"), 0.0);
        let taken = of_writes("job_wait_seconds_count");
        let (release, held) = hold_up(database);
        let waiting = [nothing(database), nothing(database)];
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(of_writes("jobs_waiting"), 2.0);
        assert!(of_writes("oldest_job_age_seconds") >= 0.03);
        assert_eq!(recorded.refused("write", "full"), 0.0);
        assert_eq!(of_writes("job_wait_seconds_count"), taken + 1.0);
        // The queue is full for one more write.
        assert!(matches!(nothing(database).wait(), Err(DbError::Busy)));
        assert_eq!(recorded.refused("write", "full"), 1.0);
        drop(release);
        held.wait().unwrap();
        for write in waiting {
            write.wait().unwrap();
        }
        assert_eq!(of_writes("jobs_waiting"), 0.0);
        assert_eq!(of_writes("oldest_job_age_seconds"), 0.0);
        let count = of_writes("job_wait_seconds_count");
        assert_eq!(count, taken + 3.0);
        assert!(of_writes("job_wait_seconds_sum") >= 0.06);
        let short = recorded.value(r#"unicom_database_job_wait_seconds_bucket{lane="write",le="0.025"}"#);
        assert!(short < count, "two waited longer");
        for other in ["read", "write_later"] {
            assert_eq!(recorded.refused(other, "full"), 0.0);
        }
    }

    fn timed_out_jobs_are_counted_as_refused(db: &TestDatabase) {
        let recorded = Recorded::with(db, DatabaseOptions {
            connections: 2,
            queue_timeout: Duration::from_millis(50),
            ..DatabaseOptions::default()
        });
        let database = &recorded.database;
        let (release, held) = hold_up(database);
        let late = nothing(database);
        let later: Reply<(), DbError> = database.write_background(|_| Ok(()));
        std::thread::sleep(Duration::from_millis(80));
        drop(release);
        held.wait().unwrap();
        for reply in [late, later] {
            assert!(matches!(reply.wait(), Err(DbError::Busy)));
        }
        assert_eq!(recorded.refused("write", "late"), 1.0);
        assert_eq!(recorded.refused("write_later", "late"), 1.0);
    }

    fn writes_are_counted_by_result(db: &TestDatabase) {
        let recorded = narrow(db);
        let database = &recorded.database;
        let (release, held) = hold_up(database);
        let kept = nothing(database);
        let refused: Reply<(), DbError> = database.write(|_| Err(DbError::Busy));
        drop(release);
        held.wait().unwrap();
        kept.wait().unwrap();
        refused.wait().unwrap_err();
        let connections = |state| recorded.value(&format!(r#"unicom_database_connections{{state="{state}"}}"#));
        // The writer returns its connection after it has replied.
        until("the connection is idle", || connections("idle") >= 1.0);
        // The connection of this write is discarded.
        let lost: Reply<(), DbError> = database.write(|tx| {
            // It leaves the transaction with an open savepoint.
            let db: &mut unicom_db::Db = tx;
            unicom_db::on_engine!(db, conn => {
                use diesel::connection::{AnsiTransactionManager, TransactionManager};
                AnsiTransactionManager::begin_transaction(conn)
            })?;
            Ok(())
        });
        lost.wait().unwrap_err();
        let writes = ["committed", "rolled_back", "lost"].map(|outcome| {
            recorded.value(&format!(r#"unicom_database_writes_total{{outcome="{outcome}"}}"#))
        });
        assert_eq!(writes, [2.0, 1.0, 1.0]);
        // On SQLite the two waiting writes shared a transaction.
        let transactions = match db.engine() {
            Engine::Sqlite => 3.0,
            Engine::Postgres => 4.0,
        };
        for (sample, number) in [
            ("batch_writes_count", transactions),
            ("batch_writes_sum", 4.0),
            (r#"batch_writes_bucket{le="2"}"#, transactions),
            ("transaction_seconds_count", transactions),
            ("commit_seconds_count", 2.0),
            ("connection_wait_seconds_count", transactions),
            ("connection_failures_total", 0.0),
        ] {
            assert_eq!(recorded.value(&format!("unicom_database_{sample}")), number, "{sample}");
        }
    }

    fn work_is_counted_by_status(db: &TestDatabase) {
        let recorded = Recorded::with(db, DatabaseOptions::default());
        let site = Fixture::with(&recorded.database, json!({}));
        let before = db.read(work::work);
        assert_eq!((before.request_due, before.delivery_due), (None, None));
        assert_eq!(before.requests.len(), RequestStatus::ALL.len());
        assert_eq!(before.deliveries.len(), DeliveryStatus::ALL.len());
        assert!(before.requests.iter().all(|(_, number)| *number == 0));
        for name in ["a", "b", "c"] {
            site.say(&Visitor::guest(name), "hi");
        }
        let now = db.read(work::work);
        assert!(now.requests.contains(&(RequestStatus::Pending, 3)), "{now:?}");
        assert!(now.requests.contains(&(RequestStatus::Completed, 0)), "{now:?}");
        assert!(now.request_due.is_some_and(|due| due <= db.database().now()), "{now:?}");
        assert_eq!(recorded.value(r#"unicom_messages_total{direction="incoming"}"#), 3.0);
        assert_eq!(recorded.value(r#"unicom_messages_total{direction="outgoing"}"#), 0.0);
    }
}
