//! The amount of work: requests and deliveries by status, and how long the due ones have waited.
//!
//! Monitoring requests this every few seconds, so the cost does not grow with the history.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use unicom_models::{DeliveryStatus, RequestStatus, UtcTime};

use super::{deliveries, guest_files, queue};
use crate::{Db, DbError, on_engine};

/// Maximum number of rows counted per status: a range of the status index that takes some
/// milliseconds.
pub const MOST: i64 = 100_000;

/// The amount of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The number of requests by status. [`MOST`] means that there are at least as many.
    pub requests: Vec<(RequestStatus, i64)>,
    /// The number of deliveries by status. [`MOST`] means that there are at least as many.
    pub deliveries: Vec<(DeliveryStatus, i64)>,
    /// When the earliest open request became or becomes due. `None` if none is open.
    pub request_due: Option<UtcTime>,
    /// When the earliest open delivery became or becomes due. `None` if none is open.
    pub delivery_due: Option<UtcTime>,
    /// The total size in bytes of all guests' files.
    pub guest_file_bytes: i64,
}

/// Returns the current amount of work.
pub fn work(db: &mut Db) -> Result<Work, DbError> {
    let requests = by_status(
        db,
        "unicom_requests",
        RequestStatus::ALL,
        RequestStatus::as_str,
    )?;
    let deliveries = by_status(
        db,
        "unicom_deliveries",
        DeliveryStatus::ALL,
        DeliveryStatus::as_str,
    )?;
    Ok(Work {
        requests,
        deliveries,
        request_due: queue::next_due(db)?,
        delivery_due: deliveries::next_due(db)?,
        guest_file_bytes: guest_files::total(db)?,
    })
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Returns each status with the number of rows of `table` that have it, all from the same moment.
fn by_status<S: Copy>(
    db: &mut Db,
    table: &'static str,
    statuses: &[S],
    name: fn(S) -> &'static str,
) -> Result<Vec<(S, i64)>, DbError> {
    let parts = statuses.iter().map(|status| {
        let status = name(*status);
        format!(
            "SELECT '{status}' AS status, count(*) AS number \
             FROM (SELECT 1 FROM {table} WHERE status = '{status}' LIMIT {MOST}) AS counted"
        )
    });
    let query = parts.collect::<Vec<_>>().join(" UNION ALL ");
    let counted: Vec<Counted> =
        on_engine!(db, conn => diesel::sql_query(query.as_str()).load(conn))?;
    let number = |status: S| {
        let found = counted.iter().find(|row| row.status == name(status));
        found.map_or(0, |row| row.number)
    };
    Ok(statuses
        .iter()
        .map(|status| (*status, number(*status)))
        .collect())
}
