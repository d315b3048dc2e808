//! The queue of requests: claims by lease and attempt, one request of a chat at a time, in order.
//!
//! `due_at` is the whole state of the queue: when a request may be claimed; while claimed, when the claim runs
//! out; none once the request has ended. Whoever claims raises `attempts`, and only the newest attempt may
//! finish: a worker that comes back late finds that its claim is gone.
//!
//! A request behind another one of its chat is put off when a claim comes across it, so that a long queue of one chat
//! is not looked through again and again; the end of the one before makes it due at once.

use std::time::Duration;

use diesel::dsl::exists;
use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{ChatId, MemberId, Request, RequestId, RequestStatus, UtcTime};

use crate::{Db, DbError, Event, Tx, on_engine};

/// Due requests that a claim looks at beyond those that it takes: some of them may be behind others.
const LOOK_AHEAD: i64 = 128;

/// Times that a claim looks, where all that it saw were behind others.
const MOST_LOOKS: usize = 8;

/// How long a request behind another one is put off. The end of that one makes it due earlier.
const PUT_OFF: Duration = Duration::from_secs(30);

/// The open requests of the same chat that come before the one in question, as a part of a query.
macro_rules! earlier_open {
    ($earlier:ident) => {
        $earlier
            .filter($earlier.field(requests::chat_id).eq(requests::chat_id))
            .filter($earlier.field(requests::due_at).is_not_null())
            .filter(
                $earlier
                    .field(requests::created_at)
                    .lt(requests::created_at)
                    .or($earlier
                        .field(requests::created_at)
                        .eq(requests::created_at)
                        .and($earlier.field(requests::id).lt(requests::id))),
            )
    };
}

/// Claims up to `limit` requests that are due, for `lease`. A chat with an earlier unfinished request waits.
///
/// The claimed requests stand as they will be while they are processed, with their new attempt number.
pub fn claim(tx: &mut Tx<'_>, limit: i64, lease: Duration) -> Result<Vec<Request>, DbError> {
    for _ in 0..MOST_LOOKS {
        let due = look(tx, limit.saturating_add(LOOK_AHEAD))?;
        let is_behind = |due: &&Due| due.is_behind;
        let behind: Vec<RequestId> = due.iter().filter(is_behind).map(|due| due.id).collect();
        let first = due.iter().filter(|due| !due.is_behind);
        let first: Vec<RequestId> = first.map(|due| due.id).collect();
        put_off(tx, &behind)?;
        if !first.is_empty() {
            let take = usize::try_from(limit)
                .unwrap_or(usize::MAX)
                .min(first.len());
            return take_over(tx, &first[..take], lease);
        }
        if behind.is_empty() {
            break;
        }
    }
    Ok(Vec::new())
}

/// A request that is due.
#[derive(Queryable)]
struct Due {
    id: RequestId,
    /// Whether an earlier request of its chat is open.
    is_behind: bool,
}

/// The requests that are due, the earliest first. On PostgreSQL without those that another process looks at.
fn look(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Due>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let earlier = diesel::alias!(requests as earlier);
    macro_rules! due {
        () => {
            requests::table
                .filter(requests::due_at.le(now))
                .order((requests::due_at, requests::id))
                .limit(limit)
                .select((requests::id, exists(earlier_open!(earlier))))
        };
    }
    Ok(match db {
        Db::Postgres(conn) => due!().for_update().skip_locked().load(conn)?,
        Db::Sqlite(conn) => due!().load(conn)?,
    })
}

/// Puts off those of the requests that are behind another one.
fn put_off(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    let due = tx.now().plus(PUT_OFF);
    let db: &mut Db = tx;
    let earlier = diesel::alias!(requests as earlier);
    // Asked anew: the one before may have ended since, and it will not come back to wake this one.
    on_engine!(db, conn => diesel::update(
            requests::table.filter(requests::id.eq_any(ids)).filter(exists(earlier_open!(earlier))),
        )
        .set(requests::due_at.eq(due))
        .execute(conn))?;
    Ok(())
}

fn take_over(tx: &mut Tx<'_>, ids: &[RequestId], lease: Duration) -> Result<Vec<Request>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let mut claimed: Vec<Request> = on_engine!(db, conn => diesel::update(requests::table.filter(requests::id.eq_any(ids)))
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

/// Keeps how far a claimed request has come, with its category and its notes; whether the claim still holds.
pub fn hold(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    keep(tx, request, request.due_at)
}

/// Gives a claim back, to be tried again at `due`; whether it still held. `request` says how it stands and why.
pub fn release(tx: &mut Tx<'_>, request: &Request, due: UtcTime) -> Result<bool, DbError> {
    keep(tx, request, Some(due))
}

/// Takes a claimed request out of the queue, as it stands: answered, failed, or waiting for a person. Whether the
/// claim still held. The next one of its chat is due then.
pub fn end(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    let held = keep(tx, request, None)?;
    if held {
        make_next_due(tx, &request.chat_id)?;
    }
    Ok(held)
}

/// Keeps a claim for `lease` from now; whether it still holds.
pub fn renew(tx: &mut Tx<'_>, request: &Request, lease: Duration) -> Result<bool, DbError> {
    let due = tx.now().plus(lease);
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

/// Whether the claim still holds.
pub fn holds(db: &mut Db, request: &Request) -> Result<bool, DbError> {
    Ok(on_engine!(db, conn => diesel::select(exists(
        requests::table
            .find(request.id)
            .filter(requests::attempts.eq(request.attempts))
            .filter(requests::due_at.is_not_null()),
    ))
    .get_result(conn))?)
}

/// Notes the person behind a request.
pub fn set_member(tx: &mut Tx<'_>, id: RequestId, member: Option<MemberId>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.find(id)).set(requests::member_id.eq(member)).execute(conn))?;
    Ok(())
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

/// Lets whoever has the token with this hash answer the attempt that `request` is claimed by; whether it still holds.
pub fn set_reply_token(
    tx: &mut Tx<'_>,
    request: &Request,
    token_hash: &str,
) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(
            requests::table
                .find(request.id)
                .filter(requests::attempts.eq(request.attempts))
                .filter(requests::due_at.is_not_null()),
        )
        .set(requests::reply_token_hash.eq(token_hash))
        .execute(conn))?
        > 0)
}

/// The request that the token with this hash may answer, or might have answered: look whether it is open still.
pub fn by_reply_token(
    db: &mut Db,
    id: RequestId,
    token_hash: &str,
) -> Result<Option<Request>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .find(id)
        .filter(requests::reply_token_hash.eq(token_hash))
        .select(Request::as_select())
        .first(conn)
        .optional())?)
}

fn keep(tx: &mut Tx<'_>, request: &Request, due: Option<UtcTime>) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(
            requests::table
                .find(request.id)
                .filter(requests::attempts.eq(request.attempts))
                .filter(requests::due_at.is_not_null()),
        )
        .set((
            requests::status.eq(request.status),
            requests::due_at.eq(due),
            requests::category_id.eq(request.category_id),
            requests::error.eq(&request.error),
            requests::metadata.eq(&request.metadata),
            requests::llm_calls.eq(request.llm_calls),
            requests::llm_tokens.eq(request.llm_tokens),
            requests::updated_at.eq(now),
            requests::identifying_at.eq(request.identifying_at),
            requests::categorizing_at.eq(request.categorizing_at),
            requests::category_list_sent_at.eq(request.category_list_sent_at),
            requests::queued_at.eq(request.queued_at),
            requests::processing_at.eq(request.processing_at),
            requests::completed_at.eq(request.completed_at),
            requests::failed_at.eq(request.failed_at),
        ))
        .execute(conn))?
        > 0)
}

/// Makes the first open request of a chat due, if it was put off.
///
/// Without a look whether it was: a claim that is putting it off right now is waited for, and then undone.
fn make_next_due(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let next: Option<(RequestId, UtcTime)> = on_engine!(db, conn => requests::table
        .filter(requests::chat_id.eq(chat_id))
        .filter(requests::due_at.is_not_null())
        .order((requests::created_at, requests::id))
        .select((requests::id, requests::created_at))
        .first(conn)
        .optional())?;
    let Some((next, written)) = next else {
        return Ok(());
    };
    // As long ago as it was written, so that it stands before what came in since.
    let due = written.min(now);
    let woken = on_engine!(db, conn => diesel::update(
            requests::table.find(next).filter(requests::attempts.eq(0)).filter(requests::due_at.is_not_null()),
        )
        .set(requests::due_at.eq(due))
        .execute(conn))?;
    if woken > 0 {
        tx.emit(Event::RequestReady { request_id: next });
    }
    Ok(())
}
