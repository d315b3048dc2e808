//! Tests that an acknowledged write is committed, whatever a closure does to its transaction.

use std::time::Duration;

use unicom_db::queries::channels;
use unicom_db::{Database, Db, DbError, Engine, Tx, transaction};
use unicom_models::Channel;
use unicom_testing::{TestDatabase, both_engines};

fn insert(tx: &mut Tx<'_>, name: &str) -> Result<Channel, DbError> {
    channels::insert(tx, &"WebChat".into(), name, &serde_json::json!({}))
}

fn names(database: &Database) -> Vec<String> {
    let all = database.read(channels::list).wait().unwrap();
    all.into_iter().map(|channel| channel.name).collect()
}

/// The work of a write.
type Closure = fn(&mut Tx<'_>) -> Result<(), DbError>;

/// Queues writes while the writers are blocked, so that on SQLite the closures share one
/// transaction.
fn write_together(database: &Database, closures: Vec<Closure>) -> Vec<bool> {
    let holdup = database.write(|_| {
        std::thread::sleep(Duration::from_millis(100));
        Ok::<_, DbError>(())
    });
    let replies: Vec<_> = closures
        .into_iter()
        .map(|closure| database.write(closure))
        .collect();
    holdup.wait().unwrap();
    replies
        .into_iter()
        .map(|reply| reply.wait().is_ok())
        .collect()
}

/// Panics in a nested transaction of the closure's transaction.
fn panics_inside(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    transaction(db, |_| -> Result<(), DbError> { panic!("on purpose") })?;
    Ok(())
}

/// Ignores the failure of a statement.
fn swallows_an_error(tx: &mut Tx<'_>) -> Result<(), DbError> {
    insert(tx, "swallowed")?;
    let db: &mut Db = tx;
    let _ = unicom_db::on_engine!(db, conn => diesel::connection::SimpleConnection::batch_execute(conn, "SELECT broken"));
    Ok(())
}

both_engines! {
    fn acknowledged_writes_are_visible_to_other_processes(db: &TestDatabase) {
        let kept = write_together(
            db.database(),
            vec![|tx| insert(tx, "one").map(drop), panics_inside, |tx| insert(tx, "two").map(drop)],
        );
        assert!(!kept[1]);
        db.write(|tx| insert(tx, "three"));

        // Another process sees exactly what was acknowledged.
        let acknowledged = [(kept[0], "one"), (kept[2], "two"), (true, "three")];
        let mut expected: Vec<_> = acknowledged.into_iter().filter(|(kept, _)| *kept).map(|(_, name)| name).collect();
        let mut there = names(&db.connect_with(unicom_db::DatabaseOptions::default()));
        expected.sort_unstable();
        there.sort_unstable();
        assert_eq!(there, expected);
        assert!(kept[0] && kept[2], "a panic is its own closure's alone");
    }
}

both_engines! {
    fn transaction_aborted_by_the_engine_is_not_acknowledged(db: &TestDatabase) {
        let kept = db.database().write(swallows_an_error).wait();
        // SQLite rolls back only the statement, PostgreSQL the transaction.
        assert_eq!(kept.is_ok(), db.engine() == Engine::Sqlite);
        assert_eq!(names(db.database()).len(), usize::from(kept.is_ok()));
        db.write(|tx| insert(tx, "afterwards"));
        assert!(names(db.database()).contains(&"afterwards".to_owned()));
    }
}

both_engines! {
    fn error_rolls_back_only_its_closure(db: &TestDatabase) {
        let kept = write_together(
            db.database(),
            vec![
                |tx| insert(tx, "one").map(drop),
                |tx| {
                    insert(tx, "undone")?;
                    Err(DbError::Busy)
                },
                |tx| insert(tx, "two").map(drop),
            ],
        );
        assert_eq!(kept, [true, false, true]);
        assert_eq!(names(db.database()).len(), 2);
    }
}
