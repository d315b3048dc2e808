//! Checks that a visitor is not blocked and, before a change, is a participant of the chat.

use unicom_core::validation::check_id;
use unicom_db::{
    ChatAccess, Db, Tx,
    queries::{accounts, chat_access},
};
use unicom_models::{Account, ChatId};

use crate::{Visitor, WebChatError};

/// Returns the visitor's account, or `None` if the visitor has not written yet.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
pub(crate) fn account_of(db: &mut Db, visitor: &Visitor) -> Result<Option<Account>, WebChatError> {
    accounts::get(db, &visitor.checked_account_id()?)?
        .map(ensure_not_blocked)
        .transpose()
}

/// Checks that there can be a chat with this id: that both engines can store it.
///
/// # Errors
/// [`WebChatError::ChatNotFound`].
pub(crate) fn check_chat_id(id: &ChatId) -> Result<(), WebChatError> {
    check_id("chat_id", id.as_str()).map_err(|_| WebChatError::ChatNotFound)
}

/// Returns proof that the visitor may change the chat. Other transactions cannot change the chat
/// until this one ends.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
pub(crate) fn write_access(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<ChatAccess, WebChatError> {
    let account_id = visitor.checked_account_id()?;
    check_chat_id(chat_id)?;
    match chat_access::lock_access(tx, &account_id, chat_id)? {
        Some(access) => Ok(access),
        None => {
            account_of(tx, visitor)?;
            Err(WebChatError::ChatNotFound)
        }
    }
}

pub(crate) fn ensure_not_blocked(account: Account) -> Result<Account, WebChatError> {
    if account.blocked {
        Err(WebChatError::AccountBlocked)
    } else {
        Ok(account)
    }
}
