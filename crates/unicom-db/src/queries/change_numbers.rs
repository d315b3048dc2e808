//! The numbers of the changes in a chat, and the events that announce them.
//!
//! Each change has the next number of its chat and is stored with the row that it changes, so that
//! [`changes::since`](super::changes::since) finds it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use unicom_models::schema::{
    unicom_chats as chats, unicom_deleted_messages as deleted_messages, unicom_messages as messages,
};
use unicom_models::{AccountId, ChatId, MessageId};

use crate::prepared::cached_sql;
use crate::{Db, DbError, Event, LockedChat, Tx, on_engine};

cached_sql! {
    struct NextChange<'a> {
        "UPDATE unicom_chats SET change = change + 1 WHERE id = " id: &'a ChatId as Text,
    } " RETURNING change"
}

impl diesel::query_builder::Query for NextChange<'_> {
    type SqlType = BigInt;
}

/// Tells the readers of the chat, once the transaction is committed, that it has changed.
pub(super) fn announce(tx: &mut Tx<'_>, chat_id: &ChatId) {
    tx.emit(Event::ChatChanged {
        chat_id: chat_id.clone(),
    });
}

/// Tells the connections of the account, once the transaction is committed, to check what they may
/// read.
pub fn announce_account(tx: &mut Tx<'_>, account_id: &AccountId) {
    tx.emit(Event::AccountChanged {
        account_id: account_id.clone(),
    });
}

/// Takes the next number for a change in `chat`, with which the changed row has to be stored.
pub(crate) fn next(tx: &mut Tx<'_>, chat: &LockedChat<'_>) -> Result<i64, DbError> {
    let id = &chat.id;
    announce(tx, id);
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => NextChange { id }.get_result(conn))?)
}

/// Records that something has changed that belongs to a message of `chat`.
pub(crate) fn message(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    id: MessageId,
) -> Result<(), DbError> {
    let change = next(tx, chat)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(messages::table.find(id))
        .set(messages::change.eq(change))
        .execute(conn))?;
    Ok(())
}

/// Records that messages of the chat were moved, or deleted without a trace, so that its readers
/// read it again.
pub fn rewrite(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<(), DbError> {
    announce(tx, chat_id);
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(chats::table.find(chat_id))
            .set((chats::change.eq(chats::change + 1), chats::epoch.eq(chats::epoch + 1)))
            .execute(conn)?;
        // Cursors of earlier epochs are reset.
        diesel::delete(deleted_messages::table.filter(deleted_messages::chat_id.eq(chat_id)))
            .execute(conn)
    })?;
    Ok(())
}

/// Records the deletion of a message of `chat`, which follows. Replies to the message change with
/// it: they lose their reference.
pub fn record_deleted(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    id: MessageId,
) -> Result<(), DbError> {
    let (change, now) = (next(tx, chat)?, tx.now());
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(messages::table.filter(messages::reply_to_message_id.eq(id)))
            .set(messages::change.eq(change))
            .execute(conn)?;
        diesel::insert_into(deleted_messages::table)
            .values((
                deleted_messages::chat_id.eq(&chat.id),
                deleted_messages::change.eq(change),
                deleted_messages::message_id.eq(id),
                deleted_messages::deleted_at.eq(now),
            ))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })
}
