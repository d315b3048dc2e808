//! Chats, who takes part in them, and the proof of it.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde_json::Value;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts, unicom_chats as chats,
    unicom_messages as messages, unicom_requests as requests,
};
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{
    Account, AccountChat, AccountId, Chat, ChatId, Direction, Message, MessageId, RequestId,
    UtcTime,
};

use crate::prepared::cached_sql;
use crate::{ChatAccess, Db, DbError, StaffAccess, Tx, on_engine};

/// The chat with this id. For reading its messages, a [`ChatAccess`] or a [`StaffAccess`] is needed.
pub fn get(db: &mut Db, id: &ChatId) -> Result<Option<Chat>, DbError> {
    Ok(
        on_engine!(db, conn => chats::table.find(id).select(Chat::as_select()).first(conn).optional())?,
    )
}

/// Staff's access to the chat. For whoever has made sure that staff is asking.
pub fn for_staff(db: &mut Db, id: &ChatId) -> Result<Option<StaffAccess>, DbError> {
    Ok(get(db, id)?.map(|chat| StaffAccess { chat }))
}

/// Staff's access to the chat of a message. For whoever has made sure that staff is asking.
pub fn for_staff_by_message(db: &mut Db, id: MessageId) -> Result<Option<StaffAccess>, DbError> {
    let chat: Option<Chat> = on_engine!(db, conn => messages::table
        .inner_join(chats::table)
        .filter(messages::id.eq(id))
        .select(Chat::as_select())
        .first(conn)
        .optional())?;
    Ok(chat.map(|chat| StaffAccess { chat }))
}

/// Who takes part in the chat, by id, each with its count of unread messages.
pub fn participants(db: &mut Db, access: &StaffAccess) -> Result<Vec<(Account, i64)>, DbError> {
    Ok(on_engine!(db, conn => account_chats::table
        .inner_join(accounts::table)
        .filter(account_chats::chat_id.eq(&access.chat.id))
        .order(accounts::id)
        .select((Account::as_select(), account_chats::unread_count))
        .load(conn))?)
}

/// An account's part in the chat that a condition names, for whoever is about to write.
///
/// PostgreSQL locks the tables' rows as they are listed: the account, the chat, the part in it. Everyone who locks several
/// rows locks in this order (and requests after chats), so that none waits in a circle.
macro_rules! participation {
    ($account_id:expr, $in_chat:expr) => {
        accounts::table
            .inner_join(chats::table.on($in_chat))
            .inner_join(
                account_chats::table.on(account_chats::account_id
                    .eq(accounts::id)
                    .and(account_chats::chat_id.eq(chats::id))),
            )
            .filter(accounts::id.eq($account_id))
            .filter(accounts::blocked.eq(false))
    };
}

/// Access for writing: the chat and the account stay as they are for others until the transaction ends.
///
/// None where the account does not take part or is blocked.
pub fn lock_access(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    chat_id: &ChatId,
) -> Result<Option<ChatAccess>, DbError> {
    macro_rules! part {
        () => {
            participation!(account_id, chats::id.eq(chat_id.clone())).select((
                Chat::as_select(),
                account_chats::unread_count,
                Account::as_select(),
            ))
        };
    }
    let db: &mut Db = tx;
    let row: Option<(Chat, i64, Account)> = match db {
        Db::Postgres(conn) => part!().for_no_key_update().first(conn).optional()?,
        Db::Sqlite(conn) => part!().first(conn).optional()?,
    };
    Ok(row.map(|(chat, unread_count, account)| ChatAccess {
        account,
        chat,
        unread_count,
    }))
}

/// Access for writing, as [`lock_access`] gives it, to the chat of an outgoing message, and the buttons under the message.
pub fn lock_access_to_buttons(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    message_id: MessageId,
) -> Result<Option<(ChatAccess, Option<Value>)>, DbError> {
    macro_rules! part {
        () => {
            participation!(
                account_id,
                chats::id.nullable().eq(messages::table
                    .filter(messages::id.eq(message_id))
                    .filter(messages::direction.eq(Direction::Outgoing))
                    .select(messages::chat_id)
                    .single_value())
            )
            .select((
                Chat::as_select(),
                account_chats::unread_count,
                Account::as_select(),
                // Asked for once more by its chat: while the locks were waited for, it may have moved.
                messages::table
                    .filter(messages::id.eq(message_id))
                    .filter(messages::chat_id.eq(chats::id))
                    .select(messages::interactive_buttons)
                    .single_value(),
            ))
        };
    }
    let db: &mut Db = tx;
    let row: Option<(Chat, i64, Account, Option<Value>)> = match db {
        Db::Postgres(conn) => part!().for_no_key_update().first(conn).optional()?,
        Db::Sqlite(conn) => part!().first(conn).optional()?,
    };
    Ok(row.map(|(chat, unread_count, account, buttons)| {
        let access = ChatAccess {
            account,
            chat,
            unread_count,
        };
        (access, buttons)
    }))
}

/// Keeps the chat with this id, if there is one, from changing by others until the transaction ends.
pub fn lock_row(tx: &mut Tx<'_>, id: &ChatId) -> Result<(), DbError> {
    let db: &mut Db = tx;
    match db {
        Db::Postgres(conn) => chats::table
            .find(id)
            .select(chats::id)
            .for_no_key_update()
            .first::<ChatId>(conn)
            .optional()
            .map(drop)?,
        // Nobody else writes until then.
        Db::Sqlite(_) => {}
    }
    Ok(())
}

/// The same, and the chat as it is.
pub fn lock(tx: &mut Tx<'_>, id: &ChatId) -> Result<Option<Chat>, DbError> {
    let db: &mut Db = tx;
    Ok(match db {
        Db::Postgres(conn) => chats::table
            .find(id)
            .select(Chat::as_select())
            .for_no_key_update()
            .first(conn)
            .optional()?,
        Db::Sqlite(conn) => chats::table
            .find(id)
            .select(Chat::as_select())
            .first(conn)
            .optional()?,
    })
}

/// Inserts `chat` unless there is one with its id; whether it was inserted.
pub fn insert_if_absent(tx: &mut Tx<'_>, chat: &Chat) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(chats::table)
        .values(chat)
        .on_conflict_do_nothing()
        .execute(conn))?
        > 0)
}

/// Lets the account take part in the chat, from now on or as before.
pub fn join(tx: &mut Tx<'_>, account_id: &AccountId, chat_id: &ChatId) -> Result<(), DbError> {
    let member = AccountChat {
        account_id: account_id.clone(),
        chat_id: chat_id.clone(),
        unread_count: 0,
        created_at: tx.now(),
    };
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(account_chats::table)
        .values(&member)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}

/// Keeps the chat's name, archived state and metadata.
pub fn update(tx: &mut Tx<'_>, chat: &Chat) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set((
            chats::name.eq(&chat.name),
            chats::is_archived.eq(chat.is_archived),
            chats::metadata.eq(&chat.metadata),
            chats::updated_at.eq(now),
        ))
        .execute(conn))?;
    Ok(())
}

cached_sql! {
    struct NoteIncoming<'a> {
        "UPDATE unicom_chats SET name = " name: Option<&'a str> as Nullable<Text>,
        ", first_message_id = " first: MessageId as UuidAny,
        ", first_incoming_message_id = " first_incoming: MessageId as UuidAny,
        ", last_message_id = " last: MessageId as UuidAny,
        ", last_incoming_message_id = " last_incoming: MessageId as UuidAny,
        ", last_activity_at = " at: UtcTime as UtcMicros,
        " WHERE id = " id: &'a ChatId as Text,
    } ""
}

cached_sql! {
    struct NoteOutgoing<'a> {
        "UPDATE unicom_chats SET first_message_id = " first: MessageId as UuidAny,
        ", first_outgoing_message_id = " first_outgoing: MessageId as UuidAny,
        ", last_message_id = " last: MessageId as UuidAny,
        ", last_outgoing_message_id = " last_outgoing: MessageId as UuidAny,
        ", last_activity_at = " at: UtcTime as UtcMicros,
        " WHERE id = " id: &'a ChatId as Text,
    } ""
}

/// Notes in the (locked) chat that `message` is its newest; `name` is kept where the chat has none.
pub fn note_message(
    tx: &mut Tx<'_>,
    chat: &Chat,
    message: &Message,
    name: Option<&str>,
) -> Result<(), DbError> {
    let (id, at) = (message.id, message.timestamp);
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
        Direction::Internal => on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
            .set(chats::last_activity_at.eq(at))
            .execute(conn))?,
    };
    Ok(())
}

cached_sql! {
    struct CountUnread<'a> {
        "UPDATE unicom_account_chats SET unread_count = CASE WHEN account_id = " writer: &'a str as Text,
        " THEN 0 ELSE unread_count + 1 END WHERE chat_id = " chat_id: &'a ChatId as Text,
        // A row that stays as it is is not written: most chats have nobody but their writer.
        " AND (account_id <> " same_writer: &'a str as Text,
    } " OR unread_count <> 0)"
}

/// Counts one message more as unread for everyone in the chat but its writer, who has read all.
pub fn count_unread(
    tx: &mut Tx<'_>,
    chat_id: &ChatId,
    writer: Option<&AccountId>,
) -> Result<(), DbError> {
    let writer = writer.map_or("", AccountId::as_str);
    let db: &mut Db = tx;
    on_engine!(db, conn => CountUnread { writer, chat_id, same_writer: writer }.execute(conn))?;
    Ok(())
}

/// Marks everything in the chat as read by its reader.
pub fn mark_read(tx: &mut Tx<'_>, access: &ChatAccess) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(account_chats::table.find((&access.account.id, &access.chat.id)))
        .set(account_chats::unread_count.eq(0))
        .execute(conn))?;
    Ok(())
}

/// How much a chat holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatContent {
    /// All messages.
    pub messages: i64,
    /// The messages that staff wrote.
    pub messages_of_staff: i64,
    /// The requests.
    pub requests: i64,
}

/// Counts what the chat holds.
pub fn content(db: &mut Db, chat_id: &ChatId) -> Result<ChatContent, DbError> {
    let of_staff = || {
        messages::direction
            .eq(Direction::Outgoing)
            .and(messages::user_id.is_not_null())
    };
    Ok(ChatContent {
        messages: on_engine!(db, conn => messages::table
            .filter(messages::chat_id.eq(chat_id))
            .count()
            .get_result(conn))?,
        messages_of_staff: on_engine!(db, conn => messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(of_staff())
            .count()
            .get_result(conn))?,
        requests: on_engine!(db, conn => requests::table
            .filter(requests::chat_id.eq(chat_id))
            .count()
            .get_result(conn))?,
    })
}

/// Deletes the chat with its messages and requests. The keys of its files, for the media store to delete
/// once the transaction is committed.
pub fn delete(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<Vec<String>, DbError> {
    let db: &mut Db = tx;
    if let Db::Postgres(conn) = db {
        // The chat before its requests, as everybody; and a worker that claims one of these holds it before it looks at
        // its message, while deleting goes the other way round. Whoever has the requests first goes first.
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
    }
    let keys: Vec<Option<String>> = on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .filter(messages::media_key.is_not_null())
        .select(messages::media_key)
        .load(conn))?;
    on_engine!(db, conn => diesel::delete(chats::table.find(chat_id)).execute(conn))?;
    Ok(keys.into_iter().flatten().collect())
}
