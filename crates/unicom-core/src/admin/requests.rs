//! Retrying requests.

use serde_json::json;
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_db::{Database, DbError, Tx, queries::queue};
use unicom_models::{Request, RequestId, RequestStatus};

use crate::{CoreError, admin::Actor};

/// The number of requests that are read with one query, and put back in one transaction.
const BATCH: usize = 500;

/// Puts a request that has failed, or that waits for a person, back into the queue.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] for any other request.
pub fn retry_request(tx: &mut Tx<'_>, actor: &Actor, id: RequestId) -> Result<Request, CoreError> {
    let retried = put_back(tx, actor, id)?;
    let missing = || CoreError::not_found("request", id);
    let request = requests::get(tx, id)?.ok_or_else(missing)?;
    if retried {
        return Ok(request);
    }
    let problem = format!(
        "is {}: only one that is FAILED, or QUEUED for a person, can be tried again",
        request.status
    );
    Err(CoreError::conflict("request", id, problem))
}

/// Puts all requests that have failed so far back into the queue, in several transactions. Blocks
/// the thread meanwhile. Returns how many were put back.
///
/// # Errors
/// [`DbError`] if the database fails; the requests of earlier transactions stay in the queue.
pub fn retry_failed_requests(database: &Database, actor: &Actor) -> Result<usize, DbError> {
    let mut retried = 0;
    // The oldest first, so that they are answered in the order in which they were asked.
    for ids in failed(database)?.rchunks(BATCH) {
        let (actor, ids) = (actor.clone(), ids.to_vec());
        let batch = database.write(move |tx| -> Result<usize, DbError> {
            let mut count = 0;
            for id in ids.into_iter().rev() {
                count += usize::from(put_back(tx, &actor, id)?);
            }
            Ok(count)
        });
        retried += batch.wait()?;
    }
    Ok(retried)
}

/// Returns the requests that have failed so far, newest first.
fn failed(database: &Database) -> Result<Vec<RequestId>, DbError> {
    let mut filters = RequestFilters {
        status: Some(RequestStatus::Failed),
        ..RequestFilters::default()
    };
    let mut ids = Vec::new();
    loop {
        let asked = filters.clone();
        let page = database
            .read(move |db| requests::list(db, &asked, BATCH as i64))
            .wait()?;
        ids.extend(page.iter().map(|request| request.id));
        match page.last() {
            Some(last) if page.len() == BATCH => {
                filters.before = Some((last.created_at, last.id));
            }
            _ => return Ok(ids),
        }
    }
}

/// Puts a request back into the queue. Returns `true` if it was put back.
fn put_back(tx: &mut Tx<'_>, actor: &Actor, id: RequestId) -> Result<bool, DbError> {
    let put_back = queue::retry(tx, id)?;
    if put_back {
        actor.record(tx, "request.retry", format_args!("request:{id}"), json!({}))?;
    }
    Ok(put_back)
}
