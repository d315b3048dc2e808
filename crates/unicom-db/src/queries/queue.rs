//! The queue of requests: claims by lease and attempt, one request of a chat at a time, in order.
//!
//! `due_at` is the whole state of the queue: when a request may be claimed; while claimed, when the claim runs
//! out; none once the request has ended. Whoever claims raises `attempts`, and only the newest attempt may
//! finish: a worker that comes back late finds that its claim is gone.

use std::time::Duration;

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{MemberId, Request, RequestId, RequestStatus, UtcTime};

use crate::{Db, DbError, Event, Tx, on_engine};

/// Claims up to `limit` requests that are due, for `lease`. A chat with an earlier unfinished request waits.
///
/// The claimed requests stand as they will be while they are processed, with their new attempt number.
pub fn claim(tx: &mut Tx<'_>, limit: i64, lease: Duration) -> Result<Vec<Request>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let earlier = diesel::alias!(requests as earlier);
    let ids: Vec<RequestId> = {
        macro_rules! due {
            () => {
                requests::table
                    .filter(requests::due_at.le(now))
                    .filter(diesel::dsl::not(diesel::dsl::exists(
                        earlier
                            .filter(earlier.field(requests::chat_id).eq(requests::chat_id))
                            .filter(earlier.field(requests::due_at).is_not_null())
                            .filter(
                                earlier
                                    .field(requests::created_at)
                                    .lt(requests::created_at)
                                    .or(earlier
                                        .field(requests::created_at)
                                        .eq(requests::created_at)
                                        .and(earlier.field(requests::id).lt(requests::id))),
                            ),
                    )))
                    .order((requests::due_at, requests::id))
                    .limit(limit)
                    .select(requests::id)
            };
        }
        match db {
            Db::Postgres(conn) => due!().for_update().skip_locked().load(conn)?,
            Db::Sqlite(conn) => due!().load(conn)?,
        }
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut claimed: Vec<Request> = on_engine!(db, conn => diesel::update(requests::table.filter(requests::id.eq_any(&ids)))
        .set((
            requests::attempts.eq(requests::attempts + 1),
            requests::due_at.eq(now.plus(lease)),
            requests::updated_at.eq(now),
        ))
        .returning(Request::as_returning())
        .get_results(conn))?;
    claimed.sort_by_key(|request| (request.created_at, request.id));
    Ok(claimed)
}

/// When the earliest unfinished request is due, if there is one: how long a worker may sleep.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::due_at.is_not_null())
        .select(diesel::dsl::min(requests::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Notes how far a claimed request has come, with the time of that step; whether the claim still holds.
pub fn advance(tx: &mut Tx<'_>, request: &Request, status: RequestStatus) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => {
        let held = diesel::update(
            requests::table
                .find(request.id)
                .filter(requests::attempts.eq(request.attempts))
                .filter(requests::due_at.is_not_null()),
        );
        let step = (requests::status.eq(status), requests::updated_at.eq(now));
        match status {
            RequestStatus::Pending => held.set((step, requests::pending_at.eq(now))).execute(conn),
            RequestStatus::Identifying => held.set((step, requests::identifying_at.eq(now))).execute(conn),
            RequestStatus::Categorizing => held.set((step, requests::categorizing_at.eq(now))).execute(conn),
            RequestStatus::Queued => held.set((step, requests::queued_at.eq(now))).execute(conn),
            RequestStatus::Processing => held.set((step, requests::processing_at.eq(now))).execute(conn),
            RequestStatus::CategoryListSent => held
                .set((step, requests::category_list_sent_at.eq(now), requests::due_at.eq(None::<UtcTime>)))
                .execute(conn),
            RequestStatus::Completed => held
                .set((
                    step,
                    requests::completed_at.eq(now),
                    requests::due_at.eq(None::<UtcTime>),
                    requests::error.eq(None::<String>),
                ))
                .execute(conn),
            RequestStatus::Failed => {
                held.set((step, requests::failed_at.eq(now), requests::due_at.eq(None::<UtcTime>))).execute(conn)
            }
        }
    })?;
    Ok(changed > 0)
}

/// Notes the person behind a request.
pub fn set_member(tx: &mut Tx<'_>, id: RequestId, member: Option<MemberId>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.find(id)).set(requests::member_id.eq(member)).execute(conn))?;
    Ok(())
}

/// Keeps a claim for `lease` from now; whether it still holds.
pub fn renew(tx: &mut Tx<'_>, request: &Request, lease: Duration) -> Result<bool, DbError> {
    let now = tx.now();
    set_due(tx, request, Some(now.plus(lease)))
}

/// Gives a claim back, to be tried again at `due`, noting why; whether the claim still held.
pub fn retry_later(
    tx: &mut Tx<'_>,
    request: &Request,
    due: UtcTime,
    error: &str,
) -> Result<bool, DbError> {
    if !advance(tx, request, RequestStatus::Queued)? {
        return Ok(false);
    }
    note_error(tx, request.id, error)?;
    set_due(tx, request, Some(due))
}

/// Ends a claimed request as failed, noting why; whether the claim still held.
pub fn fail(tx: &mut Tx<'_>, request: &Request, error: &str) -> Result<bool, DbError> {
    if !advance(tx, request, RequestStatus::Failed)? {
        return Ok(false);
    }
    note_error(tx, request.id, error)?;
    Ok(true)
}

/// Takes a claimed request that no bot is to handle out of the queue, as it stands; whether the claim still held.
pub fn await_person(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    set_due(tx, request, None)
}

/// Puts a request back into the queue that has failed, or that waits for a person; whether there is one.
pub fn retry(tx: &mut Tx<'_>, id: RequestId) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(
            requests::table.find(id)
            .filter(requests::due_at.is_null())
            .filter(requests::status.eq_any([RequestStatus::Failed, RequestStatus::Queued])),
        )
        .set((
            requests::status.eq(RequestStatus::Queued),
            requests::attempts.eq(0),
            requests::due_at.eq(now),
            requests::queued_at.eq(now),
            requests::updated_at.eq(now),
        ))
        .execute(conn))?;
    if changed > 0 {
        tx.emit(Event::RequestReady { request_id: id });
    }
    Ok(changed > 0)
}

fn set_due(tx: &mut Tx<'_>, request: &Request, due: Option<UtcTime>) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(
            requests::table
                .find(request.id)
                .filter(requests::attempts.eq(request.attempts))
                .filter(requests::due_at.is_not_null()),
        )
        .set(requests::due_at.eq(due))
        .execute(conn))?
        > 0)
}

fn note_error(tx: &mut Tx<'_>, id: RequestId, error: &str) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.find(id)).set(requests::error.eq(error)).execute(conn))?;
    Ok(())
}
