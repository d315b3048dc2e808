//! What a chat records about its messages: first and last messages, last activity, unread counts.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_chats as chats, unicom_messages as messages,
};
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{AccountId, ChatId, Direction, Message, MessageId, UtcTime};

use super::change_numbers;
use super::messages::{Edge, edge};
use crate::prepared::cached_sql;
use crate::{Db, DbError, LockedChat, Tx, on_engine};

cached_sql! {
    struct NoteIncoming<'a> {
        "UPDATE unicom_chats SET name = " name: Option<&'a str> as Nullable<Text>,
        ", first_message_id = " first: MessageId as UuidAny,
        ", first_incoming_message_id = " first_incoming: MessageId as UuidAny,
        ", last_message_id = " last: MessageId as UuidAny,
        ", last_incoming_message_id = " last_incoming: MessageId as UuidAny,
        ", last_activity_at = " at: UtcTime as UtcMicros,
        ", change = change + 1, ended_at = NULL WHERE id = " id: &'a ChatId as Text,
    } ""
}

cached_sql! {
    struct NoteOutgoing<'a> {
        "UPDATE unicom_chats SET first_message_id = " first: MessageId as UuidAny,
        ", first_outgoing_message_id = " first_outgoing: MessageId as UuidAny,
        ", last_message_id = " last: MessageId as UuidAny,
        ", last_outgoing_message_id = " last_outgoing: MessageId as UuidAny,
        ", last_activity_at = " at: UtcTime as UtcMicros,
        ", change = change + 1 WHERE id = " id: &'a ChatId as Text,
    } ""
}

/// Records `message` as the newest message of the chat. An incoming message reopens a chat that was
/// ended, and names it `name` if it has no name.
pub fn note_message(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
    name: Option<&str>,
) -> Result<(), DbError> {
    let (id, at) = (message.id, message.timestamp);
    change_numbers::announce(tx, &chat.id);
    let db: &mut Db = tx;
    match message.direction {
        Direction::Incoming => on_engine!(db, conn => NoteIncoming {
            name: chat.name.as_deref().or(name),
            first: chat.first_message_id.unwrap_or(id),
            first_incoming: chat.first_incoming_message_id.unwrap_or(id),
            last: id,
            last_incoming: id,
            at,
            id: &chat.id,
        }
        .execute(conn))?,
        Direction::Outgoing => on_engine!(db, conn => NoteOutgoing {
            first: chat.first_message_id.unwrap_or(id),
            first_outgoing: chat.first_outgoing_message_id.unwrap_or(id),
            last: id,
            last_outgoing: id,
            at,
            id: &chat.id,
        }
        .execute(conn))?,
        _ => on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
            .set((chats::last_activity_at.eq(at), chats::change.eq(chats::change + 1)))
            .execute(conn))?,
    };
    Ok(())
}

cached_sql! {
    struct CountUnread<'a> {
        "UPDATE unicom_account_chats SET unread_count = CASE WHEN account_id = " writer: &'a str as Text,
        " THEN 0 ELSE unread_count + 1 END WHERE chat_id = " chat_id: &'a ChatId as Text,
        // Unchanged rows are not written: most chats have only their sender.
        " AND (account_id <> " same_writer: &'a str as Text,
    } " OR unread_count <> 0)"
}

/// Increments the unread count of all accounts in the chat except the sender's, which is reset to
/// 0.
pub fn count_unread(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    writer: Option<&AccountId>,
) -> Result<(), DbError> {
    let chat_id = &chat.id;
    let writer = writer.map_or("", AccountId::as_str);
    let db: &mut Db = tx;
    on_engine!(db, conn => CountUnread { writer, chat_id, same_writer: writer }.execute(conn))?;
    Ok(())
}

/// Recalculates the chat's first and last messages from its stored messages.
pub fn recount_edges(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<(), DbError> {
    use Direction::{Incoming, Outgoing};
    let mut id_of = |direction, at| {
        edge(tx, chat_id, direction, at).map(|found| found.map(|position| position.id))
    };
    let first = (
        id_of(None, Edge::First)?,
        id_of(Some(Incoming), Edge::First)?,
        id_of(Some(Outgoing), Edge::First)?,
    );
    let last = (
        id_of(None, Edge::Last)?,
        id_of(Some(Incoming), Edge::Last)?,
        id_of(Some(Outgoing), Edge::Last)?,
    );
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(chat_id))
        .set((
            chats::first_message_id.eq(first.0),
            chats::first_incoming_message_id.eq(first.1),
            chats::first_outgoing_message_id.eq(first.2),
            chats::last_message_id.eq(last.0),
            chats::last_incoming_message_id.eq(last.1),
            chats::last_outgoing_message_id.eq(last.2),
        ))
        .execute(conn))?;
    Ok(())
}

/// Limits the account's unread count to the number of messages after its own last message. Needed
/// after two chats are merged or messages are deleted.
pub fn recount_unread(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    chat_id: &ChatId,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let of_chat = messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(messages::direction.ne(Direction::Internal));
        let last_own: Option<UtcTime> = of_chat
            .filter(messages::sender_id.eq(account_id))
            .select(diesel::dsl::max(messages::timestamp))
            .first(conn)?;
        let later: i64 = of_chat
            .filter(messages::timestamp.gt(last_own.unwrap_or(UtcTime::BEGINNING)))
            .count()
            .get_result(conn)?;
        diesel::update(account_chats::table.find((account_id, chat_id)).filter(account_chats::unread_count.gt(later)))
            .set(account_chats::unread_count.eq(later))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })
}

/// Records that another chat, last active at `at`, was merged into the chat.
pub fn note_activity(tx: &mut Tx<'_>, chat: &LockedChat<'_>, at: UtcTime) -> Result<(), DbError> {
    let (at, now) = (chat.last_activity_at.max(at), tx.now());
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set((chats::last_activity_at.eq(at), chats::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}
