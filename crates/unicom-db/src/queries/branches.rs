//! Which messages of a chat reply to which, for its branches.

use diesel::prelude::*;
use unicom_models::schema::{unicom_message_details as details, unicom_messages as messages};
use unicom_models::{Direction, MessageId, UtcTime, VisibleMessage};

use super::messages::Position;
use crate::{ChatAccess, Db, DbError, on_engine};

/// A message and the message that it replies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Link {
    /// The message.
    pub id: MessageId,
    /// When the message was written.
    pub timestamp: UtcTime,
    /// The direction of the message.
    pub direction: Direction,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
}

/// The start of [`links`], and the direction in which they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinksFrom {
    /// The newest message, backward.
    Newest,
    /// The message at this position, backward.
    BackwardFrom(Position),
    /// The message at this position, forward.
    ForwardFrom(Position),
}

/// Returns up to `limit` messages of the chat, without internal ones, in the order in which they
/// are read.
pub fn links(
    db: &mut Db,
    access: &ChatAccess,
    from: LinksFrom,
    limit: i64,
) -> Result<Vec<Link>, DbError> {
    let visible = messages::table
        .filter(messages::chat_id.eq(&access.chat.id))
        .filter(messages::direction.ne(Direction::Internal))
        .select((
            messages::id,
            messages::timestamp,
            messages::direction,
            messages::reply_to_message_id,
        ))
        .limit(limit);
    let backward = (messages::timestamp.desc(), messages::id.desc());
    Ok(on_engine!(db, conn => match from {
        LinksFrom::Newest => visible.order(backward).load(conn),
        LinksFrom::BackwardFrom(Position { timestamp, id }) => visible
            .filter(messages::timestamp.le(timestamp))
            .filter(messages::timestamp.lt(timestamp).or(messages::id.le(id)))
            .order(backward)
            .load(conn),
        LinksFrom::ForwardFrom(Position { timestamp, id }) => visible
            .filter(messages::timestamp.ge(timestamp))
            .filter(messages::timestamp.gt(timestamp).or(messages::id.ge(id)))
            .order((messages::timestamp.asc(), messages::id.asc()))
            .load(conn),
    })?)
}

/// Returns these messages of the chat, without internal ones, the newest first.
pub fn messages(
    db: &mut Db,
    access: &ChatAccess,
    ids: &[MessageId],
) -> Result<Vec<VisibleMessage>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .left_join(details::table)
        .filter(messages::id.eq_any(ids))
        .filter(messages::chat_id.eq(&access.chat.id))
        .filter(messages::direction.ne(Direction::Internal))
        .order((messages::timestamp.desc(), messages::id.desc()))
        .select(VisibleMessage::as_select())
        .load(conn))?)
}
