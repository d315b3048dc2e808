//! Requests: storing, finding and listing them. The queue that hands them to workers is `queue`.

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{AccountId, ChatId, MemberId, MessageId, Request, RequestId, RequestStatus};

use crate::{Db, DbError, Tx, on_engine};

/// The request with this id.
pub fn get(db: &mut Db, id: RequestId) -> Result<Option<Request>, DbError> {
    Ok(
        on_engine!(db, conn => requests::table.find(id).select(Request::as_select()).first(conn).optional())?,
    )
}

/// The request that a message became.
pub fn of_message(db: &mut Db, id: MessageId) -> Result<Option<Request>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::message_id.eq(id))
        .select(Request::as_select())
        .first(conn)
        .optional())?)
}

/// Up to `limit` requests, the newest first, of one status or of any.
pub fn list(
    db: &mut Db,
    status: Option<RequestStatus>,
    limit: i64,
) -> Result<Vec<Request>, DbError> {
    Ok(on_engine!(db, conn => {
        let mut query = requests::table.select(Request::as_select()).into_boxed();
        if let Some(status) = status {
            query = query.filter(requests::status.eq(status));
        }
        query.order((requests::created_at.desc(), requests::id.desc())).limit(limit).load(conn)
    })?)
}

/// Stores a request.
pub fn insert(tx: &mut Tx<'_>, request: &Request) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(requests::table).values(request).execute(conn))?;
    Ok(())
}

/// Makes every request of account `from` one of account `to`, and `member`'s.
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

/// Moves the requests that account `account_id` made in one chat to another chat.
pub fn move_to_chat(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    from: &ChatId,
    to: &ChatId,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(
            requests::table.filter(requests::account_id.eq(account_id)).filter(requests::chat_id.eq(from)),
        )
        .set(requests::chat_id.eq(to))
        .execute(conn))?;
    Ok(())
}
