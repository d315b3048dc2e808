//! From a visitor to the proof that a chat may be read or written.

use unicom_db::{ChatAccess, Db, DbError, Tx, queries::accounts, queries::chats, queries::merges};
use unicom_models::{Account, ChatId};

use crate::{Visitor, WebChatError};

/// The account of a visitor who has written before.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
pub(crate) fn account_of(db: &mut Db, visitor: &Visitor) -> Result<Option<Account>, WebChatError> {
    let account = match accounts::get(db, &visitor.account_id())? {
        Some(account) => Some(account),
        None => merged_account(db, visitor)?,
    };
    account.map(not_blocked).transpose()
}

/// Proof that the visitor may read the chat.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
pub(crate) fn read_access(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<ChatAccess, WebChatError> {
    let found = chats::access(db, &visitor.account_id(), chat_id)?;
    if let Some(access) = found.access {
        return Ok(access);
    }
    let account = match found.account {
        Some(account) => account,
        None => merged_account(db, visitor)?.ok_or(WebChatError::ChatNotFound)?,
    };
    let account = not_blocked(account)?;
    chats::access(db, &account.id, chat_id)?
        .access
        .ok_or(WebChatError::ChatNotFound)
}

/// Proof that the visitor may change the chat, which others cannot change until the transaction ends.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
pub(crate) fn write_access(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<ChatAccess, WebChatError> {
    let account_id = visitor.account_id();
    if let Some(access) = chats::lock_access(tx, &account_id, chat_id)? {
        return Ok(access);
    }
    let account = account_of(tx, visitor)?.ok_or(WebChatError::ChatNotFound)?;
    chats::lock_access(tx, &account.id, chat_id)?.ok_or(WebChatError::ChatNotFound)
}

pub(crate) fn not_blocked(account: Account) -> Result<Account, WebChatError> {
    if account.blocked {
        Err(WebChatError::AccountBlocked)
    } else {
        Ok(account)
    }
}

/// The user's account that a guest's has flowed into, for requests that were under way during the login.
pub(crate) fn merged_account(db: &mut Db, visitor: &Visitor) -> Result<Option<Account>, DbError> {
    match visitor {
        Visitor::Guest(guest) => merges::merged_into(db, &guest.account_id()),
        Visitor::User(_) => Ok(None),
    }
}
