//! Chats and their participants.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_chats as chats, unicom_messages as messages,
    unicom_requests as requests,
};
use unicom_models::{AccountChat, AccountId, Chat, ChatId, Direction, RequestId, UtcTime};

use super::change_numbers;
use super::files;
use crate::{Db, DbError, LockedChat, Tx, by_engine, on_engine};

/// Returns the chat with this id. Reading its messages requires a
/// [`ChatAccess`](crate::ChatAccess) or a [`AdminAccess`](crate::AdminAccess).
pub fn get(db: &mut Db, id: &ChatId) -> Result<Option<Chat>, DbError> {
    Ok(
        on_engine!(db, conn => chats::table.find(id).select(Chat::as_select()).first(conn).optional())?,
    )
}

/// Returns those of the chats that exist.
pub fn of_ids(db: &mut Db, ids: &[ChatId]) -> Result<Vec<Chat>, DbError> {
    Ok(on_engine!(db, conn => chats::table
        .filter(chats::id.eq_any(ids))
        .select(Chat::as_select())
        .load(conn))?)
}

/// Locks and returns the chat with this id. Returns `None` if it does not exist.
pub fn lock(tx: &mut Tx<'_>, id: &ChatId) -> Result<Option<LockedChat<'static>>, DbError> {
    let chat: Option<Chat> = lock_first!(tx, chats::table.find(id).select(Chat::as_select()))?;
    Ok(chat.map(LockedChat::new))
}

/// Locks and returns those of the chats that exist.
pub fn lock_all(tx: &mut Tx<'_>, ids: &[ChatId]) -> Result<Vec<LockedChat<'static>>, DbError> {
    let db: &mut Db = tx;
    let chats: Vec<Chat> = by_engine!(
        db,
        Postgres(conn) => chats::table
            .filter(chats::id.eq_any(ids))
            .order(chats::id)
            .select(Chat::as_select())
            .for_no_key_update()
            .load(conn)?,
        Sqlite(conn) => {
            let mut found = Vec::new();
            for id in ids {
                found.extend(chats::table.find(id).select(Chat::as_select()).first(conn).optional()?);
            }
            found
        },
    );
    Ok(chats.into_iter().map(LockedChat::new).collect())
}

/// Inserts `chat` unless a chat with its id exists. Returns `true` if it was inserted.
pub fn insert_if_absent(tx: &mut Tx<'_>, chat: &Chat) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(chats::table)
        .values(chat)
        .on_conflict_do_nothing()
        .execute(conn))?
        > 0)
}

/// Adds the account to the chat. Does nothing if it already takes part.
pub fn join(tx: &mut Tx<'_>, account_id: &AccountId, chat_id: &ChatId) -> Result<(), DbError> {
    let member = AccountChat::new(account_id.clone(), chat_id.clone(), tx.now());
    let db: &mut Db = tx;
    let joined = on_engine!(db, conn => diesel::insert_into(account_chats::table)
        .values(&member)
        .on_conflict_do_nothing()
        .execute(conn))?;
    if joined > 0 {
        change_numbers::announce_account(tx, account_id);
    }
    Ok(())
}

/// Stores the chat's name, archived state and metadata.
pub fn update(tx: &mut Tx<'_>, chat: &Chat) -> Result<(), DbError> {
    let now = tx.now();
    change_numbers::announce(tx, &chat.id);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set((
            chats::name.eq(&chat.name),
            chats::is_archived.eq(chat.is_archived),
            chats::metadata.eq(&chat.metadata),
            chats::updated_at.eq(now),
            chats::change.eq(chats::change + 1),
        ))
        .execute(conn))?;
    Ok(())
}

/// Stores when the chat was ended, or that it is open.
pub fn set_ended(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    ended_at: Option<UtcTime>,
) -> Result<(), DbError> {
    let now = tx.now();
    change_numbers::announce(tx, &chat.id);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set((
            chats::ended_at.eq(ended_at),
            chats::updated_at.eq(now),
            chats::change.eq(chats::change + 1),
        ))
        .execute(conn))?;
    Ok(())
}

/// The numbers of messages and requests in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatContent {
    /// All messages.
    pub messages: i64,
    /// Messages written by admins.
    pub messages_of_admins: i64,
    /// All requests.
    pub requests: i64,
}

/// Counts the messages and requests of the chat.
pub fn content(db: &mut Db, chat_id: &ChatId) -> Result<ChatContent, DbError> {
    let of_admins = || {
        messages::direction
            .eq(Direction::Outgoing)
            .and(messages::user_id.is_not_null())
    };
    Ok(ChatContent {
        messages: on_engine!(db, conn => messages::table
            .filter(messages::chat_id.eq(chat_id))
            .count()
            .get_result(conn))?,
        messages_of_admins: on_engine!(db, conn => messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(of_admins())
            .count()
            .get_result(conn))?,
        requests: on_engine!(db, conn => requests::table
            .filter(requests::chat_id.eq(chat_id))
            .count()
            .get_result(conn))?,
    })
}

/// Deletes the chat with its messages and requests. Returns the keys of its files, which the media
/// store must delete after the transaction is committed.
pub fn delete(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<Vec<String>, DbError> {
    let db: &mut Db = tx;
    by_engine!(db, Postgres(conn) => {
        // Locks the chat before its requests, as everywhere. A worker locks its claimed request
        // before it reads the message, while a delete works in the reverse order; locking the open
        // requests first prevents a deadlock.
        let _: Option<ChatId> = chats::table
            .find(chat_id)
            .select(chats::id)
            .for_update()
            .first(conn)
            .optional()?;
        let _: Vec<RequestId> = requests::table
            .filter(requests::chat_id.eq(chat_id))
            .filter(requests::due_at.is_not_null())
            .order(requests::id)
            .select(requests::id)
            .for_update()
            .load(conn)?;
    });
    let keys: Vec<Option<String>> = on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .filter(messages::media_key.is_not_null())
        .select(messages::media_key)
        .load(conn))?;
    let mut keys: Vec<String> = keys.into_iter().flatten().collect();
    keys.extend(files::keys_of_chats(db, std::slice::from_ref(chat_id))?);
    on_engine!(db, conn => diesel::delete(chats::table.find(chat_id)).execute(conn))?;
    change_numbers::announce(tx, chat_id);
    Ok(keys)
}
