//! The queue of requests: claims by lease and attempt, one request at a time per chat, in order.
//!
//! `due_at` is the whole state of the queue: when a request may be claimed; while it is claimed,
//! when the claim expires; null once the request has ended. Each claim increments `attempts`, which
//! never decreases, and only the newest attempt may finish: a worker that returns late finds that
//! its claim is lost.
//!
//! A request behind another one of its chat is deferred when a worker that looks for work finds it,
//! so that the long queue of one chat is not read again and again. When the earlier request ends,
//! it becomes due immediately.

use std::time::Duration;

use diesel::dsl::{case_when, exists};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Json, Nullable, Text};
use serde_json::Value;
use unicom_models::schema::{
    unicom_accounts as accounts, unicom_channels as channels, unicom_messages as messages,
    unicom_requests as requests,
};
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{
    Account, CategoryId, Channel, ChatId, MemberId, Message, Request, RequestId, RequestStatus,
    UtcTime,
};

use crate::prepared::cached_sql;
use crate::{Db, DbError, Event, Tx, by_engine, on_engine};

/// Number of due requests to read beyond the requested limit, since some may be blocked.
const LOOK_AHEAD: i64 = 128;

/// How long a blocked request is deferred. It becomes due earlier if the request before it ends.
const DEFER_FOR: Duration = Duration::from_secs(30);

/// The statuses of a request that is claimed, or whose worker died.
const CLAIMED: [RequestStatus; 3] = [
    RequestStatus::Identifying,
    RequestStatus::Categorizing,
    RequestStatus::Processing,
];

/// Query part: the open requests of the same chat that come before the current one.
macro_rules! earlier_open {
    ($other:ident) => {
        $other
            .filter($other.field(requests::chat_id).eq(requests::chat_id))
            .filter($other.field(requests::due_at).is_not_null())
            // The first filter bounds the index range; the second orders equal times.
            .filter($other.field(requests::created_at).le(requests::created_at))
            .filter(
                $other
                    .field(requests::created_at)
                    .lt(requests::created_at)
                    .or($other
                        .field(requests::created_at)
                        .eq(requests::created_at)
                        .and($other.field(requests::id).lt(requests::id))),
            )
    };
}

/// Selects the row of a request while the claim on it holds.
macro_rules! claimed {
    ($request:expr) => {
        requests::table
            .find($request.id)
            .filter(requests::attempts.eq($request.attempts))
            // After a retry was requested, the request is unclaimed until its next claim.
            .filter(requests::attempts.gt(requests::attempts_before))
            .filter(requests::due_at.is_not_null())
    };
}

/// A request that is due.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DueRequest {
    /// The request's id.
    pub id: RequestId,
    /// The id of its chat.
    pub chat_id: ChatId,
    /// Whether an earlier request of the same chat is open.
    pub is_blocked: bool,
}

/// Returns due requests, earliest first. May return more than `limit`, including blocked ones.
///
/// The result reserves nothing: only [`claim`] decides whether a request is available.
pub fn find_due(db: &mut Db, now: UtcTime, limit: i64) -> Result<Vec<DueRequest>, DbError> {
    let other = diesel::alias!(requests as other);
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::due_at.le(now))
        .order((requests::due_at, requests::id))
        .limit(limit.saturating_add(LOOK_AHEAD))
        .select((requests::id, requests::chat_id, exists(earlier_open!(other))))
        .load(conn))?)
}

/// Defers those of the requests that are behind another one of their chat.
///
/// Run it in a separate write: it waits for no lock, and holds its locks only briefly.
pub fn defer(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    // Rows locked by another transaction are just being claimed or ended.
    let ids: Vec<RequestId> = by_engine!(
        db,
        Postgres(conn) => requests::table
            .filter(requests::id.eq_any(ids))
            .filter(requests::due_at.le(now))
            .select(requests::id)
            .for_no_key_update()
            .skip_locked()
            .load(conn)?,
        Sqlite(_) => ids.to_vec(),
    );
    let other = diesel::alias!(requests as other);
    let [identifying, categorizing, processing] = CLAIMED;
    // Checks again: the earlier request may have ended since, and would not wake this one a second
    // time.
    on_engine!(db, conn => diesel::update(
            requests::table
                .filter(requests::id.eq_any(&ids))
                .filter(requests::due_at.le(now))
                .filter(exists(earlier_open!(other))),
        )
        .set((
            requests::due_at.eq(now.plus(DEFER_FOR)),
            // An expired claim must not look like a valid one: the request before it would wait for
            // it.
            requests::status.eq(case_when(
                requests::status
                    .eq(identifying)
                    .or(requests::status.eq(categorizing))
                    .or(requests::status.eq(processing)),
                RequestStatus::Pending.into_sql::<Text>(),
            )
            .otherwise(requests::status)),
        ))
        .execute(conn))?;
    Ok(())
}

cached_sql! {
    struct Claim<'a> {
        "UPDATE unicom_requests SET attempts = attempts + 1, status = " status: RequestStatus as Text,
        ", due_at = " until: UtcTime as UtcMicros,
        ", updated_at = " now: UtcTime as UtcMicros,
        " WHERE id = " id: RequestId as UuidAny,
        " AND chat_id = " chat_id: &'a ChatId as Text,
        " AND due_at <= " due: UtcTime as UtcMicros,
        // Blocked by an earlier request: the first comparison bounds the index range, the second
        // orders equal times.
        " AND NOT EXISTS (SELECT 1 FROM unicom_requests AS other
            WHERE other.chat_id = unicom_requests.chat_id AND other.due_at IS NOT NULL
              AND other.created_at <= unicom_requests.created_at
              AND (other.created_at < unicom_requests.created_at OR other.id < unicom_requests.id))
          AND NOT EXISTS (SELECT 1 FROM unicom_requests AS other
            WHERE other.status IN (" identifying: RequestStatus as Text,
        ", " categorizing: RequestStatus as Text,
        ", " processing: RequestStatus as Text,
        ") AND other.due_at > " held_after: UtcTime as UtcMicros,
        // Avoids the index of the chat, which may have a long queue: few requests are claimed at a
        // time.
    } " AND other.chat_id || '' = unicom_requests.chat_id AND other.id <> unicom_requests.id)"
}

/// Claims a request of the chat for `lease`. Returns its current state, with the new attempt
/// number.
///
/// Returns `None` if the request is not due, has moved to another chat since it was found, or has
/// to wait for another request of its chat: for an earlier open one, or for a claimed one. The
/// claimed one may be a later one after a retry or a merge of two chats.
pub fn claim(
    tx: &mut Tx<'_>,
    id: RequestId,
    chat_id: &ChatId,
    lease: Duration,
) -> Result<Option<Request>, DbError> {
    let now = tx.now();
    let [identifying, categorizing, processing] = CLAIMED;
    let db: &mut Db = tx;
    let taken = on_engine!(db, conn => Claim {
        status: RequestStatus::Identifying,
        until: now.plus(lease),
        now,
        id,
        chat_id,
        due: now,
        identifying,
        categorizing,
        processing,
        held_after: now,
    }
    .execute(conn))?;
    if taken == 0 {
        return Ok(None);
    }
    Ok(
        on_engine!(db, conn => requests::table.find(id).select(Request::as_select()).first(conn).optional())?,
    )
}

/// The message of a request, with its sender and channel if they still exist.
#[derive(Debug, Queryable)]
pub struct Context {
    /// The message that the request was created from.
    pub message: Message,
    /// The account that wrote the message.
    pub account: Option<Account>,
    /// The channel that the message came through.
    pub channel: Option<Channel>,
}

/// Returns the context of a request. Returns `None` if its message was deleted, and the request
/// with it.
pub fn context(db: &mut Db, request: &Request) -> Result<Option<Context>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .left_join(accounts::table.on(accounts::id.eq(request.account_id.clone())))
        .left_join(channels::table.on(channels::id.eq(request.channel_id)))
        .filter(messages::id.eq(request.message_id))
        .select((Message::as_select(), Option::<Account>::as_select(), Option::<Channel>::as_select()))
        .first(conn)
        .optional())?)
}

/// Returns the time when the earliest open request is due, which limits how long a worker may
/// sleep. Returns `None` if none is open.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::due_at.is_not_null())
        .select(diesel::dsl::min(requests::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Stores the progress and the notes of a claimed request. Returns `true` if the claim still holds.
///
/// Removes the reply token: from then on, a reply to an earlier attempt is too late.
pub fn save_progress(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    update_claimed(tx, request, request.due_at, ReplyToken::Ends)
}

/// Sets the category of a request while the claim holds.
///
/// # Errors
/// A foreign-key violation ([`DbError::is_foreign_key_violation`]) if the category does not exist.
pub fn set_category(
    tx: &mut Tx<'_>,
    request: &Request,
    category: CategoryId,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(claimed!(request))
        .set(requests::category_id.eq(category))
        .execute(conn))?;
    Ok(())
}

/// Puts a claimed request back into the queue, to be tried again at `due`. Stores the status, the
/// error and the notes of `request`. Returns `true` if the claim still held.
pub fn requeue(tx: &mut Tx<'_>, request: &Request, due: UtcTime) -> Result<bool, DbError> {
    update_claimed(tx, request, Some(due), ReplyToken::Stays)
}

/// Removes a claimed request from the queue: it is answered, has failed or waits for a person.
/// Returns `true` if the claim still held.
///
/// Makes the next request of the chat due. The chat named by `request` must be locked.
pub fn finish(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    let held = update_claimed(tx, request, None, ReplyToken::Stays)?;
    if held {
        wake_next(tx, &request.chat_id)?;
    }
    Ok(held)
}

/// Extends a claim to `lease` from now. Returns `true` if the claim still holds.
pub fn renew(tx: &mut Tx<'_>, request: &Request, lease: Duration) -> Result<bool, DbError> {
    let due = tx.now().plus(lease);
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(claimed!(request))
        .set(requests::due_at.eq(due))
        .execute(conn))?
        > 0)
}

/// Sets the member behind a request.
pub fn set_member(tx: &mut Tx<'_>, id: RequestId, member: Option<MemberId>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.find(id)).set(requests::member_id.eq(member)).execute(conn))?;
    Ok(())
}

/// Puts a request that has failed or waits for a person back into the queue. Returns `true` if
/// there was one.
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
            // The count of attempts starts again but their numbers go on: a worker with an old
            // attempt must not pass for the holder of a new one.
            requests::attempts_before.eq(requests::attempts),
            requests::due_at.eq(now),
            requests::queued_at.eq(now),
            requests::updated_at.eq(now),
        ))
        .execute(conn))?
        > 0;
    if changed {
        tx.emit(Event::RequestReady { request_id: id });
    }
    Ok(changed)
}

/// Allows the holder of the token with this hash to answer the current attempt of `request`.
/// Returns `true` if the claim still holds.
pub fn set_reply_token(
    tx: &mut Tx<'_>,
    request: &Request,
    token_hash: &str,
) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(claimed!(request))
        .set(requests::reply_token_hash.eq(token_hash))
        .execute(conn))?
        > 0)
}

/// Returns the request that the token with this hash belongs to. The request may have ended: the
/// caller must check whether it is still open.
///
/// Returns `None` if the request does not exist or has another token.
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

cached_sql! {
    struct UpdateClaimed<'a> {
        "UPDATE unicom_requests SET status = " status: RequestStatus as Text,
        ", due_at = " due: Option<UtcTime> as Nullable<UtcMicros>,
        ", error = " error: Option<&'a str> as Nullable<Text>,
        ", metadata = " metadata: &'a Value as Json,
        ", llm_calls = " llm_calls: i32 as Integer,
        ", llm_tokens = " llm_tokens: i64 as BigInt,
        ", updated_at = " updated_at: UtcTime as UtcMicros,
        ", identifying_at = " identifying_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", categorizing_at = " categorizing_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", category_list_sent_at = " category_list_sent_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", queued_at = " queued_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", processing_at = " processing_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", completed_at = " completed_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", failed_at = " failed_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", reply_token_hash = CASE WHEN " keeps_token: bool as Bool,
        " THEN reply_token_hash ELSE NULL END WHERE id = " id: RequestId as UuidAny,
        " AND attempts = " attempts: i32 as Integer,
    } " AND attempts > attempts_before AND due_at IS NOT NULL"
}

/// What happens to the stored reply token: it stays, so that a late reply is told that the request
/// has ended, or it is removed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReplyToken {
    Stays,
    Ends,
}

fn update_claimed(
    tx: &mut Tx<'_>,
    request: &Request,
    due: Option<UtcTime>,
    token: ReplyToken,
) -> Result<bool, DbError> {
    let updated_at = tx.now();
    let db: &mut Db = tx;
    let kept = on_engine!(db, conn => UpdateClaimed {
        status: request.status,
        due,
        error: request.error.as_deref(),
        metadata: &request.metadata,
        llm_calls: request.llm_calls,
        llm_tokens: request.llm_tokens,
        updated_at,
        identifying_at: request.identifying_at,
        categorizing_at: request.categorizing_at,
        category_list_sent_at: request.category_list_sent_at,
        queued_at: request.queued_at,
        processing_at: request.processing_at,
        completed_at: request.completed_at,
        failed_at: request.failed_at,
        keeps_token: token == ReplyToken::Stays,
        id: request.id,
        attempts: request.attempts,
    }
    .execute(conn))?;
    Ok(kept > 0)
}

cached_sql! {
    struct WakeNext<'a> {
        "UPDATE unicom_requests SET due_at = " now: &'a UtcTime as UtcMicros,
        " WHERE id = " id: RequestId as UuidAny,
        // Skips claimed requests and those that wait for their next attempt.
        " AND (attempts = attempts_before OR status = " pending: RequestStatus as Text,
    } ") AND due_at IS NOT NULL"
}

/// Makes the first open request of a chat due, if it was deferred.
///
/// Does not check first whether it was: if another transaction is deferring it right now, this
/// update waits for that one and then undoes it.
fn wake_next(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let next: Option<RequestId> = on_engine!(db, conn => requests::table
        .filter(requests::chat_id.eq(chat_id))
        .filter(requests::due_at.is_not_null())
        .order((requests::created_at, requests::id))
        .select(requests::id)
        .first(conn)
        .optional())?;
    let Some(next) = next else { return Ok(()) };
    let woken = on_engine!(db, conn => WakeNext { now: &now, id: next, pending: RequestStatus::Pending }.execute(conn))?;
    if woken > 0 {
        tx.emit(Event::RequestReady { request_id: next });
    }
    Ok(())
}
