//! Metrics of the work in the database, for all processes: requests and deliveries by status, and
//! how long due ones have waited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::gauge;
use tokio::sync::Mutex;
use unicom_db::Database;
use unicom_db::queries::work::{Work, work};
use unicom_models::UtcTime;

/// The shortest time between two queries, however often the metrics are read.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// How long a reader of the metrics waits for the database. A later result is shown the next time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last result of the database.
#[derive(Debug, Default)]
pub(super) struct RecentWork(Arc<Mutex<Option<Kept>>>);

/// The result of the database, and its time.
type Kept = (Instant, Arc<Work>);

impl RecentWork {
    /// Returns the amount of work, at most a few seconds old. Returns `None` if the database does
    /// not answer in time.
    pub async fn of(&self, database: &Database) -> Option<Arc<Work>> {
        let (kept, database) = (Arc::clone(&self.0), database.clone());
        // In a separate task: however long the database takes, there is one query at a time, and
        // its result is kept.
        let asking = actix_web::rt::spawn(async move {
            let mut kept = kept.lock().await;
            if let Some((at, work)) = &*kept
                && at.elapsed() < ASK_EVERY
            {
                return Some(Arc::clone(work));
            }
            match database.read(work).await {
                Ok(work) => {
                    let work = Arc::new(work);
                    *kept = Some((Instant::now(), Arc::clone(&work)));
                    Some(work)
                }
                Err(error) => {
                    log::warn!("requests and deliveries could not be counted: {error}");
                    None
                }
            }
        });
        tokio::time::timeout(PATIENCE, asking).await.ok()?.ok()?
    }
}

/// Records the metrics of `work`. If it is `None`, records only that.
pub(super) fn record(work: Option<&Work>, now: UtcTime) {
    gauge!(
        description: "1 where the database said in time how many requests and deliveries there are, else 0",
        "unicom_work_known"
    )
    .set(u8::from(work.is_some()));
    let Some(work) = work else { return };
    let overdue = |due: Option<UtcTime>| due.map_or(Duration::ZERO, |due| now.since(due));
    for (status, number) in &work.requests {
        gauge!(
            description: "Requests by status, counted up to 100,000 of each",
            "unicom_requests",
            "status" => status.as_str()
        )
        .set(*number as f64);
    }
    gauge!(
        description: "How long the request that is due first could have been claimed; 0 where none is due",
        "unicom_request_overdue_seconds"
    )
    .set(overdue(work.request_due));
    for (status, number) in &work.deliveries {
        gauge!(
            description: "Deliveries by status, counted up to 100,000 of each",
            "unicom_deliveries",
            "status" => status.as_str()
        )
        .set(*number as f64);
    }
    gauge!(
        description: "How long the delivery that is due first could have been claimed; 0 where none is due",
        "unicom_delivery_overdue_seconds"
    )
    .set(overdue(work.delivery_due));
    gauge!(description: "Bytes of the files of all guests together", "unicom_guest_file_bytes")
        .set(work.guest_file_bytes as f64);
}
