//! The queue of requests: claims by lease and attempt, one request of a chat at a time, in order.
//!
//! `due_at` is the whole state of the queue: when a request may be claimed; while claimed, when the claim runs
//! out; none once the request has ended. Whoever claims raises `attempts`, which never falls, and only the newest attempt
//! may finish: a worker that comes back late finds that its claim is gone.
//!
//! A request behind another one of its chat is put off when somebody who looks for work comes across it, so that a long
//! queue of one chat is not looked through again and again; the end of the one before makes it due at once.

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
use crate::{Db, DbError, Event, Tx, on_engine};

/// Due requests that are looked at beyond those that are wanted: some of them may be behind others.
const LOOK_AHEAD: i64 = 128;

/// How long a request behind another one is put off. The end of that one makes it due earlier.
const DEFER_FOR: Duration = Duration::from_secs(30);

/// The statuses of a request that somebody holds, or held when its process died.
const CLAIMED: [RequestStatus; 3] = [
    RequestStatus::Identifying,
    RequestStatus::Categorizing,
    RequestStatus::Processing,
];

/// The open requests of the same chat before the one in question, as a part of a query.
macro_rules! earlier_open {
    ($other:ident) => {
        $other
            .filter($other.field(requests::chat_id).eq(requests::chat_id))
            .filter($other.field(requests::due_at).is_not_null())
            // The range of the index; the next one decides between equal times.
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

/// The row of a request, as long as the claim on it holds.
macro_rules! claimed {
    ($request:expr) => {
        requests::table
            .find($request.id)
            .filter(requests::attempts.eq($request.attempts))
            // After a retry nobody holds it, until somebody takes it anew.
            .filter(requests::attempts.gt(requests::attempts_before))
            .filter(requests::due_at.is_not_null())
    };
}

/// A request that is due.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DueRequest {
    /// Its id.
    pub id: RequestId,
    /// Its chat.
    pub chat_id: ChatId,
    /// Whether an earlier one of its chat is open.
    pub is_blocked: bool,
}

/// Requests that are due, the earliest first: those who want `limit` may find more, and some that are behind others.
///
/// A look and no promise: [`claim`] says whether a request can be had.
pub fn find_due(db: &mut Db, now: UtcTime, limit: i64) -> Result<Vec<DueRequest>, DbError> {
    let other = diesel::alias!(requests as other);
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::due_at.le(now))
        .order((requests::due_at, requests::id))
        .limit(limit.saturating_add(LOOK_AHEAD))
        .select((requests::id, requests::chat_id, exists(earlier_open!(other))))
        .load(conn))?)
}

/// Puts off those of the requests that have to wait for another one of their chat.
///
/// In a write of its own: it waits for nobody, and nobody waits for it long.
pub fn defer(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    // What somebody else has locked is claimed or ended right now.
    let ids: Vec<RequestId> = match db {
        Db::Postgres(conn) => requests::table
            .filter(requests::id.eq_any(ids))
            .filter(requests::due_at.le(now))
            .select(requests::id)
            .for_no_key_update()
            .skip_locked()
            .load(conn)?,
        Db::Sqlite(_) => ids.to_vec(),
    };
    let other = diesel::alias!(requests as other);
    let [identifying, categorizing, processing] = CLAIMED;
    // Asked anew: the one before may have ended since, and it will not come back to wake this one.
    on_engine!(db, conn => diesel::update(
            requests::table
                .filter(requests::id.eq_any(&ids))
                .filter(requests::due_at.le(now))
                .filter(exists(earlier_open!(other))),
        )
        .set((
            requests::due_at.eq(now.plus(DEFER_FOR)),
            // A claim that has run out must not look like one that holds: the request before it would wait for it.
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
        // Behind an earlier one: the first comparison is the range of the index, the second decides between equal times.
        " AND NOT EXISTS (SELECT 1 FROM unicom_requests AS other
            WHERE other.chat_id = unicom_requests.chat_id AND other.due_at IS NOT NULL
              AND other.created_at <= unicom_requests.created_at
              AND (other.created_at < unicom_requests.created_at OR other.id < unicom_requests.id))
          AND NOT EXISTS (SELECT 1 FROM unicom_requests AS other
            WHERE other.status IN (" identifying: RequestStatus as Text,
        ", " categorizing: RequestStatus as Text,
        ", " processing: RequestStatus as Text,
        ") AND other.due_at > " held_after: UtcTime as UtcMicros,
        // Not by the index of the chat, which may have a long queue: few requests are held at a time.
    } " AND other.chat_id || '' = unicom_requests.chat_id AND other.id <> unicom_requests.id)"
}

/// Claims a request of that chat for `lease`, if it is due and has to wait for no other one: neither for an earlier one of its chat,
/// nor for one of its chat that somebody holds, which may be a later one after a retry or a merge of two chats. As it
/// stands then, with its new attempt number.
///
/// None also where it has moved to another chat since it was looked at.
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

/// What a request is about, as far as it is still there.
#[derive(Debug, Queryable)]
pub struct Context {
    /// Its message.
    pub message: Message,
    /// Who wrote it.
    pub account: Option<Account>,
    /// Where.
    pub channel: Option<Channel>,
}

/// What the request is about; none where its message is deleted, and the request with it.
pub fn context(db: &mut Db, request: &Request) -> Result<Option<Context>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .left_join(accounts::table.on(accounts::id.eq(request.account_id.clone())))
        .left_join(channels::table.on(channels::id.eq(request.channel_id)))
        .filter(messages::id.eq(request.message_id))
        .select((Message::as_select(), Option::<Account>::as_select(), Option::<Channel>::as_select()))
        .first(conn)
        .optional())?)
}

/// When the earliest unfinished request is due, if there is one: how long a worker may sleep.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::due_at.is_not_null())
        .select(diesel::dsl::min(requests::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Keeps how far a claimed request has come, with its notes; whether the claim still holds.
///
/// Whatever bot is asked next, an answer to an earlier attempt comes too late then.
pub fn save_progress(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    update_claimed(tx, request, request.due_at, ReplyToken::Ends)
}

/// Notes the category of a request, as long as the claim holds.
///
/// # Errors
/// A foreign-key violation ([`DbError::is_foreign_key_violation`]) where the category is gone.
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

/// Gives a claim back, to be tried again at `due`; whether it still held. `request` says how it stands and why.
pub fn requeue(tx: &mut Tx<'_>, request: &Request, due: UtcTime) -> Result<bool, DbError> {
    update_claimed(tx, request, Some(due), ReplyToken::Stays)
}

/// Takes a claimed request out of the queue, as it stands: answered, failed, or waiting for a person. Whether the
/// claim still held. The next one of its chat is due then: its chat must be locked, and `request` name it.
pub fn finish(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    let held = update_claimed(tx, request, None, ReplyToken::Stays)?;
    if held {
        wake_next(tx, &request.chat_id)?;
    }
    Ok(held)
}

/// Keeps a claim for `lease` from now; whether it still holds.
pub fn renew(tx: &mut Tx<'_>, request: &Request, lease: Duration) -> Result<bool, DbError> {
    let due = tx.now().plus(lease);
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(claimed!(request))
        .set(requests::due_at.eq(due))
        .execute(conn))?
        > 0)
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
            // Attempts count anew, but their numbers go on: whoever still holds an old one must not be taken for the new one.
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

/// Lets whoever has the token with this hash answer the attempt that `request` is claimed by; whether it still holds.
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

/// Whether the answer to an earlier attempt may still be told that it comes too late, or is nobody's any more.
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
        // Not one that somebody holds, nor one that waits to be tried again.
        " AND (attempts = attempts_before OR status = " pending: RequestStatus as Text,
    } ") AND due_at IS NOT NULL"
}

/// Makes the first open request of a chat due, if it was put off.
///
/// Without a look whether it was: a claim that is putting it off right now is waited for, and then undone.
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
