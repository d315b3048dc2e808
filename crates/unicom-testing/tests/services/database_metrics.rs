//! Tests of the database metrics: waiting jobs and their age, refusals, and throughput.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use unicom_db::metrics::{HistogramSnapshot, QueueMetrics};
use unicom_db::queries::work;
use unicom_db::{Database, DatabaseOptions, DbError, Engine, Reply};
use unicom_models::{DeliveryStatus, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::Fixture;

/// Opens a database with one writing thread, whose queue holds two more writes.
fn narrow(db: &TestDatabase) -> Database {
    db.connect_with(DatabaseOptions {
        connections: 2,
        queue: 2,
        ..DatabaseOptions::default()
    })
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

fn lane(database: &Database, name: &str) -> QueueMetrics {
    let lanes = database.snapshot().queues;
    lanes.into_iter().find(|lane| lane.name == name).unwrap()
}

/// Returns the number of values that were at most `bound`.
fn up_to(values: &HistogramSnapshot, bound: f64) -> u64 {
    let bucket = values.buckets.iter().find(|bucket| bucket.0 == bound);
    bucket.unwrap().1
}

both_engines! {
    fn waiting_jobs_are_reported_with_their_age(db: &TestDatabase) {
        let database = narrow(db);
        let before = lane(&database, "write");
        assert_eq!((before.waiting, before.oldest), (0, Duration::ZERO));
        let (release, held) = hold_up(&database);
        let waiting = [nothing(&database), nothing(&database)];
        std::thread::sleep(Duration::from_millis(30));
        let now = lane(&database, "write");
        assert_eq!(now.waiting, 2);
        assert!(now.oldest >= Duration::from_millis(30), "{now:?}");
        assert_eq!((now.refused_full, now.waited.count), (0, before.waited.count + 1));
        // The queue is full for one more write.
        assert!(matches!(nothing(&database).wait(), Err(DbError::Busy)));
        assert_eq!(lane(&database, "write").refused_full, 1);
        drop(release);
        held.wait().unwrap();
        for write in waiting {
            write.wait().unwrap();
        }
        let after = lane(&database, "write");
        assert_eq!((after.waiting, after.oldest), (0, Duration::ZERO));
        assert_eq!(after.waited.count, before.waited.count + 3);
        assert!(after.waited.sum >= 0.06, "{after:?}");
        assert!(up_to(&after.waited, 0.025) < after.waited.count, "two waited longer");
        for other in ["read", "write_later"] {
            assert_eq!(lane(&database, other).refused_full, 0);
        }
    }

    fn timed_out_jobs_are_counted_as_refused(db: &TestDatabase) {
        let database = db.connect_with(DatabaseOptions {
            connections: 2,
            queue_timeout: Duration::from_millis(50),
            ..DatabaseOptions::default()
        });
        let (release, held) = hold_up(&database);
        let late = nothing(&database);
        let later: Reply<(), DbError> = database.write_background(|_| Ok(()));
        std::thread::sleep(Duration::from_millis(80));
        drop(release);
        held.wait().unwrap();
        for reply in [late, later] {
            assert!(matches!(reply.wait(), Err(DbError::Busy)));
        }
        assert_eq!(lane(&database, "write").refused_late, 1);
        assert_eq!(lane(&database, "write_later").refused_late, 1);
    }

    fn writes_are_counted_by_result(db: &TestDatabase) {
        let database = narrow(db);
        let (release, held) = hold_up(&database);
        let kept = nothing(&database);
        let refused: Reply<(), DbError> = database.write(|_| Err(DbError::Busy));
        drop(release);
        held.wait().unwrap();
        kept.wait().unwrap();
        refused.wait().unwrap_err();
        let pool = database.snapshot().pool;
        assert!(pool.connections >= 1 && pool.idle <= pool.connections, "{pool:?}");
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
        let writes = database.snapshot().writes;
        assert_eq!((writes.committed, writes.rolled_back, writes.lost), (2, 1, 1));
        // On SQLite the two waiting writes shared a transaction.
        let transactions = match db.engine() {
            Engine::Sqlite => 3,
            Engine::Postgres => 4,
        };
        assert_eq!((writes.batch.count, writes.batch.sum), (transactions, 4.0));
        assert_eq!(up_to(&writes.batch, 2.0), transactions);
        assert_eq!(writes.transaction.count, transactions);
        assert_eq!(writes.commit.count, 2);
        let pool = database.snapshot().pool;
        assert_eq!((pool.waited.count, pool.failed), (transactions, 0));
    }

    fn work_is_counted_by_status(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({}));
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
        let told = db.database().snapshot();
        assert_eq!((told.incoming_messages, told.outgoing_messages), (3, 0));
    }
}
