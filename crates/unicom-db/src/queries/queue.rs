//! The queue of requests: one request at a time per chat, in order.
//!
//! The [lease](super::leases) of a chat says when its first open request may be claimed, and who
//! works on it. Each claim increments the request's `attempts`, which never decreases, and only the
//! newest attempt may finish: a worker that returns late finds that its claim is lost.

use std::time::Duration;

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

use super::leases::{self, Lease, LeaseKind};
use crate::prepared::cached_sql;
use crate::{Db, DbError, Event, Tx, on_engine};

/// The statuses of a request that is claimed, or whose worker died.
const CLAIMED: [RequestStatus; 3] = [
    RequestStatus::Identifying,
    RequestStatus::Categorizing,
    RequestStatus::Processing,
];

/// Selects the row of a request while the claim on it holds. The condition does not imply that of
/// the index of open requests, which PostgreSQL would read as a whole if it was empty when it was
/// last analyzed.
macro_rules! claimed {
    ($request:expr) => {
        requests::table
            .find($request.id)
            .filter(requests::attempts.eq($request.attempts))
            .filter(requests::status.eq_any(CLAIMED))
    };
}

/// A claimed request, and the lease of its chat.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The request, with its new attempt number.
    pub request: Request,
    /// The lease of its chat.
    pub lease: Lease,
}

/// Claims the chats of up to `limit` requests for `duration`.
pub fn claim(tx: &mut Tx<'_>, limit: i64, duration: Duration) -> Result<Vec<Lease>, DbError> {
    leases::claim(tx, LeaseKind::Requests, limit, duration)
}

cached_sql! {
    struct BeginAttempt<'a> {
        "UPDATE unicom_requests SET attempts = attempts + 1, status = " status: RequestStatus as Text,
        ", updated_at = " now: UtcTime as UtcMicros,
        " WHERE id = (SELECT head.id FROM unicom_requests AS head WHERE head.chat_id = " chat_id: &'a str as Text,
        " AND head.due_at IS NOT NULL ORDER BY head.created_at, head.id LIMIT 1) AND EXISTS (SELECT 1
            FROM unicom_leases WHERE kind = 'requests' AND key = " key: &'a str as Text,
        " AND claim = " claim: i64 as BigInt,
    } ") RETURNING id"
}

impl diesel::query_builder::Query for BeginAttempt<'_> {
    type SqlType = UuidAny;
}

/// Begins an attempt at the first open request of a claimed chat, which must be locked. Returns
/// `None` if there is none, and gives the lease back, or if the claim is lost.
pub fn begin_attempt(tx: &mut Tx<'_>, lease: Lease) -> Result<Option<Claim>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let begun = BeginAttempt {
        status: RequestStatus::Identifying,
        now,
        chat_id: &lease.key,
        key: &lease.key,
        claim: lease.claim,
    };
    let id: Option<RequestId> = on_engine!(db, conn => begun.get_result(conn).optional())?;
    let Some(id) = id else {
        leases::finish(tx, &lease, None)?;
        return Ok(None);
    };
    let db: &mut Db = tx;
    let request =
        on_engine!(db, conn => requests::table.find(id).select(Request::as_select()).first(conn))?;
    Ok(Some(Claim { request, lease }))
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

/// Returns the time when the earliest chat with open requests is due, which limits how long a
/// worker may sleep. Returns `None` if no request is open.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    leases::next_due(db, LeaseKind::Requests)
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
/// error and the notes of its request. Returns `true` if the claim still held.
pub fn requeue(tx: &mut Tx<'_>, claim: &Claim, due: UtcTime) -> Result<bool, DbError> {
    let held = update_claimed(tx, &claim.request, Some(due), ReplyToken::Stays)?;
    if held {
        leases::put_back(tx, &claim.lease, due)?;
    }
    Ok(held)
}

/// Removes a claimed request from the queue: it is answered, has failed or waits for a person.
/// Returns `true` if the claim still held.
///
/// Makes the next request of the chat due. The chat named by `request` must be locked. Without a
/// `lease`, whoever holds the lease of the chat loses it.
pub fn finish(tx: &mut Tx<'_>, request: &Request, lease: Option<&Lease>) -> Result<bool, DbError> {
    if !update_claimed(tx, request, None, ReplyToken::Stays)? {
        return Ok(false);
    }
    let next = first_open(tx, &request.chat_id)?;
    let due = next.as_ref().map(|next| next.due);
    match lease {
        Some(lease) => {
            leases::finish(tx, lease, due)?;
        }
        None => leases::end_claim(tx, LeaseKind::Requests, request.chat_id.as_str(), due)?,
    }
    if let Some(FirstOpen { id: request_id, .. }) = next {
        tx.emit(Event::RequestReady { request_id });
    }
    Ok(true)
}

/// The first open request of a chat.
#[derive(Queryable)]
struct FirstOpen {
    id: RequestId,
    status: RequestStatus,
    /// When the next attempt is or was due.
    due: UtcTime,
}

fn first_open(db: &mut Db, chat_id: &ChatId) -> Result<Option<FirstOpen>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::chat_id.eq(chat_id))
        .filter(requests::due_at.is_not_null())
        .order((requests::created_at, requests::id))
        .select((requests::id, requests::status, requests::due_at.assume_not_null()))
        .first(conn)
        .optional())?)
}

/// Extends a claim to `duration` from now. Returns `true` if it still holds.
pub fn renew(tx: &mut Tx<'_>, claim: &Claim, duration: Duration) -> Result<bool, DbError> {
    leases::renew(tx, &claim.lease, duration)
}

/// Sets the member behind a request.
pub fn set_member(tx: &mut Tx<'_>, id: RequestId, member: Option<MemberId>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.find(id)).set(requests::member_id.eq(member)).execute(conn))?;
    Ok(())
}

/// Puts a request that has failed or waits for a person back into the queue. Returns `true` if
/// there was one. It is claimed before later requests of its chat, also before one that waits for
/// its next attempt.
pub fn retry(tx: &mut Tx<'_>, id: RequestId) -> Result<bool, DbError> {
    let now = tx.now();
    let Some(request) = super::requests::get(tx, id)? else {
        return Ok(false);
    };
    // Locked before the request and the lease.
    super::chats::lock_row(tx, &request.chat_id)?;
    // A lease that is due when an unclaimed request is due is not claimed.
    let waiting = first_open(tx, &request.chat_id)?
        .filter(|first| !CLAIMED.contains(&first.status))
        .map(|first| first.due);
    let db: &mut Db = tx;
    let changed: Option<ChatId> = on_engine!(db, conn => diesel::update(
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
        .returning(requests::chat_id)
        .get_result(conn)
        .optional())?;
    let Some(chat_id) = changed else {
        return Ok(false);
    };
    leases::ask_instead_of(tx, LeaseKind::Requests, chat_id.as_str(), waiting)?;
    tx.emit(Event::RequestReady { request_id: id });
    Ok(true)
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
        " AND status IN (" identifying: RequestStatus as Text,
        ", " categorizing: RequestStatus as Text,
        ", " processing: RequestStatus as Text,
    } ")"
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
    let [identifying, categorizing, processing] = CLAIMED;
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
        identifying,
        categorizing,
        processing,
    }
    .execute(conn))?;
    Ok(kept > 0)
}
