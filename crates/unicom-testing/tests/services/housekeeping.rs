//! Tests of housekeeping in several processes: each task is done once in its interval.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use unicom_core::housekeeping::Housekeeping;
use unicom_core::media::NoMedia;
use unicom_db::DatabaseOptions;
use unicom_db::queries::leases::{self, LeaseKind};
use unicom_testing::{TestDatabase, both_engines};

const EVERY: Duration = Duration::from_millis(400);

/// The times at which a task began.
type Began = Arc<Mutex<Vec<Instant>>>;

/// Returns the housekeeping of one process, with a task that takes a while.
fn process(db: &TestDatabase, began: &Began) -> Housekeeping {
    let database = db.connect_with(DatabaseOptions::default());
    let began = Arc::clone(began);
    Housekeeping::new(database, Arc::new(NoMedia)).with_task("test", EVERY, move |_| {
        let began = Arc::clone(&began);
        async move {
            began.lock().unwrap().push(Instant::now());
            sleep(EVERY / 2).await;
        }
    })
}

both_engines! {
    async fn task_is_done_by_one_process_at_a_time_and_due_after_its_interval(db: &TestDatabase) {
        let began = Began::default();
        let [one, two] = [0, 1].map(|_| process(db, &began));
        tokio::join!(one.run(sleep(8 * EVERY)), two.run(sleep(8 * EVERY)));
        let began = began.lock().unwrap();
        assert!((2..=6).contains(&began.len()), "{began:?}");
        // The interval begins when the task has ended.
        let gaps = began.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.into_iter().all(|gap| gap > EVERY), "{began:?}");
    }

    async fn process_that_starts_does_only_what_is_due(db: &TestDatabase) {
        let began = Began::default();
        let key = "test";
        let claimed = db.database().write(move |tx| -> Result<_, unicom_db::DbError> {
            leases::claim_key(tx, LeaseKind::Housekeeping, key, 3 * EVERY)
        });
        let claimed_at = Instant::now();
        assert!(claimed.await.unwrap().is_some());
        process(db, &began).run(sleep(5 * EVERY)).await;
        let began = began.lock().unwrap();
        assert!(began[0] - claimed_at > 2 * EVERY, "{began:?}");
    }

    async fn task_that_panics_does_not_stop_the_others(db: &TestDatabase) {
        let began = Began::default();
        let keeping = process(db, &began).with_task("panic", EVERY, async |_| panic!("a test"));
        keeping.run(sleep(8 * EVERY)).await;
        assert!(began.lock().unwrap().len() > 1);
    }
}
