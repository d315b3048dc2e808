//! Tests that a process on SQLite notices what other processes commit.

use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::sync::broadcast::Receiver;
use unicom_db::queries::channels;
use unicom_db::{Database, DatabaseOptions, DbError, Event};
use unicom_testing::TestDatabase;

/// Time limit for a notice.
const PATIENCE: Duration = Duration::from_secs(30);

/// More than the time between two looks.
const A_LOOK: Duration = Duration::from_millis(2_500);

fn write(database: &Database) {
    database
        .write(|tx| channels::insert(tx, &"WebChat".into(), "Site", &serde_json::json!({})))
        .wait()
        .unwrap();
}

/// Returns `true` if it is published that anything may have changed, which ends the waiting.
fn is_told(events: &mut Receiver<Event>, within: Duration) -> bool {
    let deadline = Instant::now() + within;
    while Instant::now() < deadline {
        if matches!(events.try_recv(), Ok(Event::AnythingChanged)) {
            return true;
        }
        sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn commits_of_other_processes_are_noticed() {
    let db = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
    let (here, elsewhere) = (db.database(), db.connect_with(DatabaseOptions::default()));
    let mut events = here.subscribe();
    here.listen_to_peers();
    here.listen_to_peers();
    // The first look has nothing to compare with.
    write(here);
    assert!(!is_told(&mut events, A_LOOK));
    for _ in 0..2 {
        write(&elsewhere);
        assert!(is_told(&mut events, PATIENCE));
        // Neither own commits nor reads of others.
        write(here);
        let read = elsewhere.read(|db| Ok::<_, DbError>(channels::list(db)?.len()));
        assert!(read.wait().unwrap() > 0);
        assert!(!is_told(&mut events, A_LOOK));
    }
}
