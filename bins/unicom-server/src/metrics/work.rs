//! Metrics of the work in the database, for all processes: requests and deliveries by status, and
//! how long due ones have waited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use prometheus::proto::MetricFamily;
use prometheus::proto::MetricType::GAUGE;
use tokio::sync::Mutex;
use unicom_db::Database;
use unicom_db::queries::work::{Work, work};
use unicom_models::UtcTime;

use super::family::{family, gauge};

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

/// Returns the metrics of `work`. If it is `None`, returns only the metric that says so.
pub(super) fn families(work: Option<&Work>, now: UtcTime) -> Vec<MetricFamily> {
    let mut families = vec![family(
        GAUGE,
        "unicom_work_known",
        "1 where the database said in time how many requests and deliveries there are, else 0",
        vec![gauge(&[], f64::from(u8::from(work.is_some())))],
    )];
    let Some(work) = work else { return families };
    let number = |status: &str, number: i64| gauge(&[("status", status)], number as f64);
    let overdue = |due: Option<UtcTime>| due.map_or(0.0, |due| now.since(due).as_secs_f64());
    let (requests, deliveries) = (work.requests.iter(), work.deliveries.iter());
    families.extend([
        family(
            GAUGE,
            "unicom_requests",
            "Requests by status, counted up to 100,000 of each",
            requests
                .map(|(status, count)| number(status.as_str(), *count))
                .collect(),
        ),
        family(
            GAUGE,
            "unicom_request_overdue_seconds",
            "How long the request that is due first could have been claimed; 0 where none is due",
            vec![gauge(&[], overdue(work.request_due))],
        ),
        family(
            GAUGE,
            "unicom_deliveries",
            "Deliveries by status, counted up to 100,000 of each",
            deliveries
                .map(|(status, count)| number(status.as_str(), *count))
                .collect(),
        ),
        family(
            GAUGE,
            "unicom_delivery_overdue_seconds",
            "How long the delivery that is due first could have been claimed; 0 where none is due",
            vec![gauge(&[], overdue(work.delivery_due))],
        ),
        family(
            GAUGE,
            "unicom_guest_file_bytes",
            "Bytes of the files of all guests together",
            vec![gauge(&[], work.guest_file_bytes as f64)],
        ),
    ]);
    families
}
