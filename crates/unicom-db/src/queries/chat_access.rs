//! Proofs of access to a chat: for participants and for admins.

use diesel::prelude::*;
use serde_json::Value;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts, unicom_chats as chats,
    unicom_messages as messages,
};
use unicom_models::{Account, AccountId, Chat, ChatId, Direction, Message, MessageId};

use crate::{AdminAccess, ChatAccess, Db, DbError, Tx, on_engine};

/// Returns access to the chat for admins. The caller must have checked that an admin is asking.
pub fn for_admin(db: &mut Db, id: &ChatId) -> Result<Option<AdminAccess>, DbError> {
    Ok(super::chats::get(db, id)?.map(|chat| AdminAccess { chat }))
}

/// Returns access for admins to the chat of a message. The caller must have checked that an admin
/// is asking.
pub fn for_admin_by_message(db: &mut Db, id: MessageId) -> Result<Option<AdminAccess>, DbError> {
    let chat: Option<Chat> = on_engine!(db, conn => messages::table
        .inner_join(chats::table)
        .filter(messages::id.eq(id))
        .select(Chat::as_select())
        .first(conn)
        .optional())?;
    Ok(chat.map(|chat| AdminAccess { chat }))
}

/// Returns the accounts that take part in the chat, ordered by id, each with its unread count.
pub fn participants(db: &mut Db, access: &AdminAccess) -> Result<Vec<(Account, i64)>, DbError> {
    Ok(on_engine!(db, conn => account_chats::table
        .inner_join(accounts::table)
        .filter(account_chats::chat_id.eq(&access.chat.id))
        .order(accounts::id)
        .select((Account::as_select(), account_chats::unread_count))
        .load(conn))?)
}

/// Query part: joins an account that is not blocked, the chat selected by a condition, and the
/// account's participation in it, for writing.
///
/// PostgreSQL locks the rows in the order of the tables: the account, the chat, the participation.
/// All code that locks several rows uses this order (and locks requests after chats), which avoids
/// deadlocks.
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

/// Locks the account and the chat, and returns access for writing. Other transactions cannot change
/// either until this one ends.
///
/// Returns `None` if the account does not take part in the chat or is blocked.
pub fn lock_access(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    chat_id: &ChatId,
) -> Result<Option<ChatAccess>, DbError> {
    let row: Option<(Chat, i64, Account)> = lock_first!(
        tx,
        participation!(account_id, chats::id.eq(chat_id.clone())).select((
            Chat::as_select(),
            account_chats::unread_count,
            Account::as_select(),
        ))
    )?;
    Ok(row.map(|(chat, unread_count, account)| ChatAccess {
        account,
        chat,
        unread_count,
    }))
}

/// Locks the chat of an outgoing message as [`lock_access`] does. Returns access for writing and
/// the buttons of the message.
///
/// Returns `None` if the account does not take part in the chat or is blocked, or if there is no
/// outgoing message with this id.
pub fn lock_access_to_buttons(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    message_id: MessageId,
) -> Result<Option<(ChatAccess, Option<Value>)>, DbError> {
    let row: Option<(Chat, i64, Account, Option<Value>)> = lock_first!(
        tx,
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
            // Checks the message's chat again: it may have moved while the locks were awaited.
            messages::table
                .filter(messages::id.eq(message_id))
                .filter(messages::chat_id.eq(chats::id))
                .select(messages::interactive_buttons)
                .single_value(),
        ))
    )?;
    Ok(row.map(|(chat, unread_count, account, buttons)| {
        let access = ChatAccess {
            account,
            chat,
            unread_count,
        };
        (access, buttons)
    }))
}

/// Locks the chat of an incoming message that the account wrote as [`lock_access`] does. Returns
/// access for writing and the message.
///
/// Returns `None` if the account does not take part in the chat or is blocked, or if it wrote no
/// message with this id.
pub fn lock_access_to_own_message(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    message_id: MessageId,
) -> Result<Option<(ChatAccess, Message)>, DbError> {
    macro_rules! own {
        () => {
            messages::table
                .filter(messages::id.eq(message_id))
                .filter(messages::sender_id.eq(account_id.clone()))
                .filter(messages::direction.eq(Direction::Incoming))
        };
    }
    let row: Option<(Chat, i64, Account)> = lock_first!(
        tx,
        participation!(
            account_id,
            chats::id
                .nullable()
                .eq(own!().select(messages::chat_id).single_value())
        )
        .select((
            Chat::as_select(),
            account_chats::unread_count,
            Account::as_select(),
        ))
    )?;
    let Some((chat, unread_count, account)) = row else {
        return Ok(None);
    };
    // Read again: it may have changed while the locks were awaited.
    let db: &mut Db = tx;
    let message: Option<Message> = on_engine!(db, conn => own!()
        .filter(messages::chat_id.eq(&chat.id))
        .select(Message::as_select())
        .first(conn)
        .optional())?;
    let access = ChatAccess {
        account,
        chat,
        unread_count,
    };
    Ok(message.map(|message| (access, message)))
}
