//! Tests that background writes run after interactive ones, but still get a share.

use std::sync::{Arc, Mutex, mpsc};

use unicom_db::{DatabaseOptions, DbError};
use unicom_testing::{TestDatabase, both_engines};

/// The kinds of the writes that ran, in order.
type Order = Arc<Mutex<Vec<&'static str>>>;

/// Queues writes of both kinds while the only writer is blocked. Returns the order in which they
/// ran.
fn order_of(db: &TestDatabase, first: usize, later: usize) -> Vec<&'static str> {
    let options = DatabaseOptions {
        // On PostgreSQL, half of the connections write.
        connections: 2,
        batch: 4,
        ..DatabaseOptions::default()
    };
    let database = db.connect_with(options);
    let order = Order::default();
    let note = |what| {
        let order = Arc::clone(&order);
        move |_: &mut unicom_db::Tx<'_>| {
            order.lock().unwrap().push(what);
            Ok::<_, DbError>(())
        }
    };
    let (release, held) = mpsc::channel::<()>();
    let holdup = database.write(move |_| {
        // An error means that the write is released.
        let _ = held.recv();
        Ok::<_, DbError>(())
    });
    let later: Vec<_> = (0..later)
        .map(|_| database.write_background(note("later")))
        .collect();
    let first: Vec<_> = (0..first).map(|_| database.write(note("first"))).collect();
    drop(release);
    holdup.wait().unwrap();
    for reply in later.into_iter().chain(first) {
        reply.wait().unwrap();
    }
    let order = order.lock().unwrap();
    order.clone()
}

both_engines! {
    fn interactive_writes_run_first(db: &TestDatabase) {
        let order = order_of(db, 40, 40);
        assert_eq!(order.len(), 80);
        let last_first = order.iter().rposition(|what| *what == "first").unwrap();
        let before = order[..last_first].iter().filter(|what| **what == "later").count();
        assert!((1..=20).contains(&before), "{before} of those that may wait went before the last one that may not");
    }

    fn background_writes_alone_run_immediately(db: &TestDatabase) {
        assert_eq!(order_of(db, 0, 30), ["later"; 30]);
    }
}
