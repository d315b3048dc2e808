//! Requests: inserting, finding and listing them. The queue that hands them to workers is
//! [`queue`](super::queue).

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{
    AccountId, CategoryId, ChatId, MemberId, MessageId, Request, RequestId, RequestStatus, UtcTime,
};

use super::leases::{self, LeaseKind};
use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// Returns the request with this id. Returns `None` if it does not exist.
pub fn get(db: &mut Db, id: RequestId) -> Result<Option<Request>, DbError> {
    Ok(
        on_engine!(db, conn => requests::table.find(id).select(Request::as_select()).first(conn).optional())?,
    )
}

/// Returns the request that was created from a message.
pub fn of_message(db: &mut Db, id: MessageId) -> Result<Option<Request>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::message_id.eq(id))
        .select(Request::as_select())
        .first(conn)
        .optional())?)
}

/// Returns those of the messages whose requests have failed for good.
pub fn failed_of_messages(db: &mut Db, ids: &[MessageId]) -> Result<Vec<MessageId>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::message_id.eq_any(ids))
        .filter(requests::status.eq(RequestStatus::Failed))
        .select(requests::message_id)
        .load(conn))?)
}

/// Filters for a list of requests. All set filters must match.
#[derive(Debug, Clone, Default)]
pub struct RequestFilters {
    /// The status.
    pub status: Option<RequestStatus>,
    /// The chat that the request belongs to.
    pub chat_id: Option<ChatId>,
    /// The account that made the request.
    pub account_id: Option<AccountId>,
    /// The member behind the request.
    pub member_id: Option<MemberId>,
    /// The category.
    pub category_id: Option<CategoryId>,
    /// Only requests older than this position.
    pub before: Option<(UtcTime, RequestId)>,
}

/// Returns up to `limit` requests, newest first.
pub fn list(db: &mut Db, filters: &RequestFilters, limit: i64) -> Result<Vec<Request>, DbError> {
    Ok(on_engine!(db, conn => {
        let mut query = requests::table.select(Request::as_select()).into_boxed();
        if let Some(status) = filters.status {
            query = query.filter(requests::status.eq(status));
        }
        if let Some(chat_id) = &filters.chat_id {
            query = query.filter(requests::chat_id.eq(chat_id));
        }
        if let Some(account_id) = &filters.account_id {
            query = query.filter(requests::account_id.eq(account_id));
        }
        if let Some(member_id) = filters.member_id {
            query = query.filter(requests::member_id.eq(member_id));
        }
        if let Some(category_id) = filters.category_id {
            query = query.filter(requests::category_id.eq(category_id));
        }
        if let Some((time, id)) = filters.before {
            query = query
                .filter(requests::created_at.le(time))
                .filter(requests::created_at.lt(time).or(requests::id.lt(id)));
        }
        query.order((requests::created_at.desc(), requests::id.desc())).limit(limit).load(conn)
    })?)
}

/// Inserts a request of `chat`.
pub fn insert(tx: &mut Tx<'_>, chat: &LockedChat<'_>, request: &Request) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, request.chat_id);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(requests::table).values(request).execute(conn))?;
    let Some(due) = request.due_at else {
        return Ok(());
    };
    // A request that waits for its files is due later, any other one now.
    let due = Some(due).filter(|due| *due > tx.now());
    let due = due.or_else(|| tx.lease_time());
    leases::ask_at(tx, LeaseKind::Requests, request.chat_id.as_str(), due)
}

/// Reassigns all requests of the account `from` to the account `to` and to `member`.
pub fn change_account(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: &AccountId,
    member: Option<MemberId>,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.filter(requests::account_id.eq(from)))
        .set((requests::account_id.eq(to), requests::member_id.eq(member)))
        .execute(conn))?;
    Ok(())
}

/// Moves the requests that the account `account_id` made in one chat to another chat.
pub fn move_to_chat(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    from: &ChatId,
    to: &LockedChat<'_>,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(
            requests::table.filter(requests::account_id.eq(account_id)).filter(requests::chat_id.eq(from)),
        )
        .set(requests::chat_id.eq(&to.id))
        .execute(conn))?;
    leases::ask(tx, LeaseKind::Requests, to.id.as_str())
}
