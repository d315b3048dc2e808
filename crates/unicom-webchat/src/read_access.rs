//! Checks that a visitor may read a chat.

use unicom_db::Db;
use unicom_db::queries::visitor_access::{self, ReadAccess};
use unicom_models::{ChatId, MessageId};

use crate::write_access::{check_chat_id, ensure_not_blocked};
use crate::{Visitor, WebChatError};

/// Returns the proof that the visitor may read the chat, with the position of `message` in it.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
pub(crate) fn read_access(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
    message: Option<MessageId>,
) -> Result<ReadAccess, WebChatError> {
    check_chat_id(chat_id)?;
    let account_id = visitor.checked_account_id()?;
    let reader = visitor_access::for_reading(db, &account_id, chat_id, message)?
        .ok_or(WebChatError::ChatNotFound)?;
    ensure_not_blocked(reader.account)?;
    reader.part.ok_or(WebChatError::ChatNotFound)
}
