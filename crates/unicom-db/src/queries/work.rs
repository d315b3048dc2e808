//! How much work there is: requests and deliveries by status, and how long those that are due have waited.
//!
//! For whoever watches over the server, who asks every few seconds: the cost does not grow with what was done long ago.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use unicom_models::{DeliveryStatus, RequestStatus, UtcTime};

use super::{deliveries, guest_files, queue};
use crate::{Db, DbError, on_engine};

/// No more than so many of one status are counted: a range of the status's index that takes some milliseconds.
pub const MOST: i64 = 100_000;

/// How much work there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// How many requests have each status; [`MOST`] says that there are that many or more.
    pub requests: Vec<(RequestStatus, i64)>,
    /// How many deliveries have each status; [`MOST`] says that there are that many or more.
    pub deliveries: Vec<(DeliveryStatus, i64)>,
    /// Since when the request that is due first is due, or when it will be; none where none is open.
    pub request_due: Option<UtcTime>,
    /// Since when the delivery that is due first is due, or when it will be; none where none is open.
    pub delivery_due: Option<UtcTime>,
    /// Bytes of the files of all guests together.
    pub guest_file_bytes: i64,
}

/// How much work there is now.
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

/// Each status and how many rows of `table` have it, all at the same moment.
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
