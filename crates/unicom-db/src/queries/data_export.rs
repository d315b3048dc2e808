//! Queries that export a person's data, in pages. [`erasure`](super::erasure) deletes that data.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_category_members as category_members,
    unicom_deliveries as deliveries, unicom_messages as messages,
    unicom_request_categories as categories, unicom_requests as requests,
};
use unicom_models::{
    AccountChat, AccountId, ChatId, Delivery, Direction, MemberId, Message, MessageId, Request,
};

use super::erasure::owned_by;
use super::messages::Position;
use crate::{Db, DbError, on_engine};

/// Returns the participations of these accounts in a chat, ordered by account.
pub fn parts(
    db: &mut Db,
    chat_id: &ChatId,
    ids: &[AccountId],
) -> Result<Vec<AccountChat>, DbError> {
    Ok(on_engine!(db, conn => account_chats::table
        .filter(account_chats::chat_id.eq(chat_id))
        .filter(account_chats::account_id.eq_any(ids))
        .order(account_chats::account_id)
        .select(AccountChat::as_select())
        .load(conn))?)
}

/// The messages of a chat to select.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All messages.
    All,
    /// The messages of these accounts, and the system's replies to them.
    OwnedBy(&'a [AccountId]),
}

/// Returns up to `limit` messages of a chat after `after`, oldest first.
pub fn page_of_messages(
    db: &mut Db,
    chat_id: &ChatId,
    whose: Scope<'_>,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let answered = diesel::alias!(messages as answered);
    Ok(on_engine!(db, conn => {
        let mut query = messages::table
            .filter(messages::chat_id.eq(chat_id))
            .select(Message::as_select())
            .into_boxed();
        if let Scope::OwnedBy(ids) = whose {
            query = query.filter(owned_by!(answered, chat_id, ids));
        }
        if let Some(Position { timestamp, id }) = after {
            query = query
                .filter(messages::timestamp.ge(timestamp))
                .filter(messages::timestamp.gt(timestamp).or(messages::id.gt(id)));
        }
        query.order((messages::timestamp, messages::id)).limit(limit).load(conn)
    })?)
}

/// Returns the requests that were created from these messages.
pub fn requests_of(db: &mut Db, ids: &[MessageId]) -> Result<Vec<Request>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::message_id.eq_any(ids))
        .select(Request::as_select())
        .load(conn))?)
}

/// Returns the deliveries of these messages.
pub fn deliveries_of(db: &mut Db, ids: &[MessageId]) -> Result<Vec<Delivery>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::message_id.eq_any(ids))
        .select(Delivery::as_select())
        .load(conn))?)
}

/// Returns the names of the categories that are opened to the member directly, in order.
pub fn categories_of(db: &mut Db, id: MemberId) -> Result<Vec<String>, DbError> {
    Ok(on_engine!(db, conn => category_members::table
        .inner_join(categories::table.on(categories::id.eq(category_members::category_id)))
        .filter(category_members::member_id.eq(id))
        .order((categories::name, categories::id))
        .select(categories::name)
        .load(conn))?)
}
