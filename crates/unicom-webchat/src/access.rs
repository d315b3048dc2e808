//! From a visitor to the proof that a chat may be read or written.

use unicom_db::{ChatAccess, Db, Tx, queries::accounts, queries::chats};
use unicom_models::{Account, ChatId};

use crate::{Visitor, WebChatError};

/// The account of a visitor who has written before.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
pub(crate) fn account_of(db: &mut Db, visitor: &Visitor) -> Result<Option<Account>, WebChatError> {
    accounts::get(db, &visitor.account_id())?
        .map(ensure_not_blocked)
        .transpose()
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
    match chats::lock_access(tx, &visitor.account_id(), chat_id)? {
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
