//! Tests of cached reads: they return the current state after any write, and read only once if
//! nothing is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use unicom_db::queries::channels;
use unicom_db::{Database, DatabaseOptions, DbError};
use unicom_testing::{TestDatabase, both_engines};

use crate::fixture::Fixture;

/// Returns the number of channels. `counted` is the number of uncached reads.
fn count(database: &Database, counted: &Arc<AtomicUsize>) -> usize {
    let counted = Arc::clone(counted);
    database
        .read_cached("channels".to_owned(), move |db| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, DbError>(channels::list(db)?.len())
        })
        .wait()
        .unwrap()
}

fn add_channel(database: &Database) {
    database
        .write(|tx| channels::insert(tx, &"WebChat".into(), "Site", &serde_json::json!({})))
        .wait()
        .unwrap();
}

both_engines! {
    fn writes_of_any_process_are_read(db: &TestDatabase) {
        let (here, elsewhere) = (db.database(), db.connect_with(DatabaseOptions::default()));
        let counted = Arc::default();
        for written in 0..20 {
            assert_eq!(count(here, &counted), written);
            add_channel(if written % 2 == 0 { here } else { &elsewhere });
            // From a connection that has not read yet, and from one that has.
            assert_eq!(count(&elsewhere, &counted), written + 1);
        }
    }

    fn errors_are_not_cached(db: &TestDatabase) {
        let read = |result: Result<u8, DbError>| {
            db.database().read_cached("a number".to_owned(), move |_| result).wait()
        };
        assert!(matches!(read(Err(DbError::Busy)), Err(DbError::Busy)));
        assert_eq!(read(Ok(1)).unwrap(), 1);
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite_reads_once_between_writes() {
    let db = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
    let (site, counted) = (Fixture::new(&db), Arc::<AtomicUsize>::default());
    let times = || {
        let before = counted.load(Ordering::Relaxed);
        for _ in 0..5 {
            assert_eq!(count(db.database(), &counted), 1);
        }
        counted.load(Ordering::Relaxed) - before
    };
    assert_eq!(times(), 1);
    assert_eq!(times(), 0);
    site.say(&unicom_webchat::Visitor::guest("4f3c"), "hello");
    assert_eq!(times(), 1);

    // Another key, and the same key with another value type, are separate entries.
    let read = |key: &str| {
        db.database()
            .read_cached(key.to_owned(), |_| Ok::<_, DbError>("text"))
            .wait()
    };
    assert_eq!(read("channels").unwrap(), "text");
    assert_eq!(read("accounts").unwrap(), "text");
    assert_eq!(times(), 0);

    // Unused entries are evicted in favour of used ones.
    for number in 0..3000 {
        read(&number.to_string()).unwrap();
    }
    assert_eq!(times(), 1);
}
