//! Messages: read in pages, and only with a proof of access.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts,
    unicom_message_details as details, unicom_messages as messages,
};
use unicom_models::{AccountId, ChatId, Direction, Message, MessageId, UtcTime, VisibleMessage};

use super::files;
use crate::{AdminAccess, ChatAccess, Db, DbError, LockedChat, Tx, by_engine, on_engine};

/// The position of a message in its chat. Positions are totally ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// When the message was written.
    pub timestamp: UtcTime,
    /// The message's id, which orders messages with equal times.
    pub id: MessageId,
}

/// The start and the direction of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// From the newest message backward.
    FromNewest,
    /// From the oldest message forward.
    FromOldest,
    /// Backward from the message before this position.
    Before(Position),
    /// Forward from the message after this position.
    After(Position),
    /// Forward from the message at this position.
    From(Position),
}

/// Loads up to `$limit` of these messages as `$row`, in the order of the walk.
macro_rules! walked {
    ($db:expr, $messages:expr, $row:ty, $walk:expr, $limit:expr) => {
        on_engine!($db, conn => {
            let page = $messages.select(<$row>::as_select()).limit($limit);
            let backward = (messages::timestamp.desc(), messages::id.desc());
            let forward = (messages::timestamp.asc(), messages::id.asc());
            match $walk {
                Walk::FromNewest => page.order(backward).load(conn),
                Walk::FromOldest => page.order(forward).load(conn),
                // The first filter bounds the index range; the second orders equal times.
                Walk::Before(Position { timestamp, id }) => page
                    .filter(messages::timestamp.le(timestamp))
                    .filter(messages::timestamp.lt(timestamp).or(messages::id.lt(id)))
                    .order(backward)
                    .load(conn),
                Walk::After(Position { timestamp, id }) => page
                    .filter(messages::timestamp.ge(timestamp))
                    .filter(messages::timestamp.gt(timestamp).or(messages::id.gt(id)))
                    .order(forward)
                    .load(conn),
                Walk::From(Position { timestamp, id }) => page
                    .filter(messages::timestamp.ge(timestamp))
                    .filter(messages::timestamp.gt(timestamp).or(messages::id.ge(id)))
                    .order(forward)
                    .load(conn),
            }
        })
    };
}

/// Returns the last outgoing message of a chat. Returns `None` if there is none.
pub fn last_outgoing(db: &mut Db, chat_id: &ChatId) -> Result<Option<Message>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .filter(messages::direction.eq(Direction::Outgoing))
        .order((messages::timestamp.desc(), messages::id.desc()))
        .select(Message::as_select())
        .first(conn)
        .optional())?)
}

/// Returns up to `limit` messages in the order of the walk, without internal ones.
pub fn page(
    db: &mut Db,
    access: &ChatAccess,
    walk: Walk,
    limit: i64,
) -> Result<Vec<VisibleMessage>, DbError> {
    let visible = messages::table
        .left_join(details::table)
        .filter(messages::chat_id.eq(&access.chat.id))
        .filter(messages::direction.ne(Direction::Internal));
    Ok(walked!(db, visible, VisibleMessage, walk, limit)?)
}

/// Returns a message of the chat. Returns `None` if the chat does not have it or it is internal.
pub fn one(
    db: &mut Db,
    access: &ChatAccess,
    id: MessageId,
) -> Result<Option<VisibleMessage>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .left_join(details::table)
        .filter(messages::id.eq(id))
        .filter(messages::chat_id.eq(&access.chat.id))
        .filter(messages::direction.ne(Direction::Internal))
        .select(VisibleMessage::as_select())
        .first(conn)
        .optional())?)
}

/// Returns the position of a message of the chat. Returns `None` if the chat does not have it or it
/// is internal.
pub fn position(
    db: &mut Db,
    access: &ChatAccess,
    id: MessageId,
) -> Result<Option<Position>, DbError> {
    let timestamp: Option<UtcTime> = on_engine!(db, conn => messages::table
        .find(id)
        .filter(messages::chat_id.eq(&access.chat.id))
        .filter(messages::direction.ne(Direction::Internal))
        .select(messages::timestamp)
        .first(conn)
        .optional())?;
    Ok(timestamp.map(|timestamp| Position { timestamp, id }))
}

/// Returns up to `limit` messages in the order of the walk, including internal ones.
pub fn page_for_admin(
    db: &mut Db,
    access: &AdminAccess,
    walk: Walk,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let all = messages::table.filter(messages::chat_id.eq(&access.chat.id));
    Ok(walked!(db, all, Message, walk, limit)?)
}

/// Returns a message of the chat, even an internal one. Returns `None` if the chat does not have
/// it.
pub fn one_for_admin(
    db: &mut Db,
    access: &AdminAccess,
    id: MessageId,
) -> Result<Option<Message>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .find(id)
        .filter(messages::chat_id.eq(&access.chat.id))
        .select(Message::as_select())
        .first(conn)
        .optional())?)
}

/// Returns the message. Returns `None` if it is internal, or if `account_id` is blocked or does not
/// take part in its chat.
pub fn visible_to(
    db: &mut Db,
    account_id: &AccountId,
    id: MessageId,
) -> Result<Option<Message>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .inner_join(account_chats::table.on(account_chats::chat_id.eq(messages::chat_id)))
        .inner_join(accounts::table.on(accounts::id.eq(account_chats::account_id)))
        .filter(messages::id.eq(id))
        .filter(messages::direction.ne(Direction::Internal))
        .filter(accounts::id.eq(account_id))
        .filter(accounts::blocked.eq(false))
        .select(Message::as_select())
        .first(conn)
        .optional())?)
}

/// Returns the message that `sender` sent with this client id.
pub fn by_client_id(
    db: &mut Db,
    sender: &AccountId,
    client_id: &str,
) -> Result<Option<Message>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::sender_id.eq(sender))
        .filter(messages::client_message_id.eq(client_id))
        .select(Message::as_select())
        .first(conn)
        .optional())?)
}

/// Returns `true` if the chat has a message with this subject that is not older than `since`.
pub fn has_subject_since(
    db: &mut Db,
    chat_id: &ChatId,
    subject: &str,
    since: UtcTime,
) -> Result<bool, DbError> {
    Ok(
        on_engine!(db, conn => diesel::select(diesel::dsl::exists(messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(messages::timestamp.ge(since))
            .filter(messages::subject.eq(subject))))
        .get_result(conn))?,
    )
}

/// Returns the number of messages in the chat after the last one that a user wrote, at most
/// `limit`. Internal messages and those that `but_of` wrote do not count.
pub fn count_since_user(
    db: &mut Db,
    chat_id: &ChatId,
    but_of: &AccountId,
    limit: i64,
) -> Result<usize, DbError> {
    let of_chat = messages::table
        .filter(messages::chat_id.eq(chat_id))
        .filter(messages::direction.ne(Direction::Internal));
    on_engine!(db, conn => {
        let last: Option<UtcTime> = of_chat
            .filter(messages::user_id.is_not_null())
            .order(messages::timestamp.desc())
            .select(messages::timestamp)
            .first(conn)
            .optional()?;
        let later: Vec<MessageId> = of_chat
            .filter(messages::timestamp.gt(last.unwrap_or(UtcTime::BEGINNING)))
            .filter(messages::sender_id.is_null().or(messages::sender_id.ne(but_of)))
            .select(messages::id)
            .limit(limit)
            .load(conn)?;
        Ok::<_, DbError>(later.len())
    })
}

/// Returns the message with this id without an access check, for the pipeline, which acts for the
/// chat and not for a reader.
pub fn get_unchecked(db: &mut Db, id: MessageId) -> Result<Option<Message>, DbError> {
    Ok(
        on_engine!(db, conn => messages::table.find(id).select(Message::as_select()).first(conn).optional())?,
    )
}

/// Returns the chats of those of the messages that exist.
pub fn chats_of(db: &mut Db, ids: &[MessageId]) -> Result<Vec<(MessageId, ChatId)>, DbError> {
    Ok(by_engine!(
        db,
        Postgres(conn) => messages::table
            .filter(messages::id.eq_any(ids))
            .select((messages::id, messages::chat_id))
            .load(conn)?,
        Sqlite(conn) => {
            let mut found = Vec::new();
            for id in ids {
                let row = messages::table.find(id).select((messages::id, messages::chat_id));
                found.extend(row.first(conn).optional()?);
            }
            found
        },
    ))
}

/// Returns the total size in bytes of the account's files that still exist.
pub fn media_bytes_of(db: &mut Db, sender: &AccountId) -> Result<i64, DbError> {
    // In both engines, the sum of bigints has another type than bigint.
    let sum = sql::<BigInt>("CAST(coalesce(sum(media_size), 0) AS BIGINT)");
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::sender_id.eq(sender))
        .filter(messages::media_key.is_not_null())
        .select(sum)
        .get_result(conn))?)
}

/// Returns those of the keys that belong to a file of a message.
pub fn media_keys_among(db: &mut Db, keys: &[String]) -> Result<Vec<String>, DbError> {
    let mut named = files::keys_among(db, keys)?;
    let of_messages: Vec<Option<String>> = on_engine!(db, conn => messages::table
        .filter(messages::media_key.eq_any(keys))
        .select(messages::media_key)
        .load(conn))?;
    named.extend(of_messages.into_iter().flatten());
    Ok(named)
}

/// Inserts a message into `chat`. Its time must be later than that of the chat's last message.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if the sender used the client id before.
pub fn insert(tx: &mut Tx<'_>, chat: &LockedChat<'_>, message: &Message) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, message.chat_id);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(messages::table).values(message).execute(conn))?;
    Ok(())
}

/// Moves all messages of a chat to another chat, which is rewritten: the numbers of their changes
/// were those of the first.
pub fn move_to_chat(tx: &mut Tx<'_>, from: &ChatId, to: &ChatId) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(messages::table.filter(messages::chat_id.eq(from)))
        .set((messages::chat_id.eq(to), messages::change.eq(None::<i64>)))
        .execute(conn))?;
    Ok(())
}

/// Makes `to`, the account of the host's user `user_id`, the sender of what `from` sent in the
/// chats that `from` takes part in.
///
/// If both accounts used the same client id, the message of `from` loses it: it was sent by another
/// account.
pub fn change_sender(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: &AccountId,
    user_id: &str,
) -> Result<(), DbError> {
    let theirs = diesel::alias!(messages as theirs);
    let db: &mut Db = tx;
    macro_rules! sent {
        () => {
            messages::table.filter(messages::sender_id.eq(from)).filter(
                messages::chat_id.eq_any(
                    account_chats::table
                        .filter(account_chats::account_id.eq(from))
                        .select(account_chats::chat_id),
                ),
            )
        };
    }
    on_engine!(db, conn => {
        diesel::update(sent!().filter(messages::client_message_id.eq_any(
            theirs
                .filter(theirs.field(messages::sender_id).eq(to))
                .filter(theirs.field(messages::client_message_id).is_not_null())
                .select(theirs.field(messages::client_message_id)),
        )))
        .set(messages::client_message_id.eq(None::<String>))
        .execute(conn)?;
        diesel::update(sent!())
            .set((messages::sender_id.eq(to), messages::user_id.eq(user_id)))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })
}

/// Returns the position of the first or last message of a chat with the given direction. `None`
/// selects all but internal messages.
pub fn edge(
    db: &mut Db,
    chat_id: &ChatId,
    direction: Option<Direction>,
    edge: Edge,
) -> Result<Option<Position>, DbError> {
    let found: Option<(UtcTime, MessageId)> = on_engine!(db, conn => {
        let mut query = messages::table
            .filter(messages::chat_id.eq(chat_id))
            .select((messages::timestamp, messages::id))
            .into_boxed();
        query = match direction {
            Some(direction) => query.filter(messages::direction.eq(direction)),
            None => query.filter(messages::direction.ne(Direction::Internal)),
        };
        query = match edge {
            Edge::First => query.order((messages::timestamp.asc(), messages::id.asc())),
            Edge::Last => query.order((messages::timestamp.desc(), messages::id.desc())),
        };
        query.first(conn).optional()
    })?;
    Ok(found.map(|(timestamp, id)| Position { timestamp, id }))
}

/// One end of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The oldest message.
    First,
    /// The newest message.
    Last,
}
