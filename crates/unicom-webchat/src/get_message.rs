//! `get_message`: one message, for a visitor who participates in its chat.

use unicom_db::queries::message_status::Statuses;
use unicom_db::queries::messages;
use unicom_db::{ChatAccess, Db};
use unicom_models::{ChatId, MessageId, VisibleMessage};

use crate::read_access::read_access;
use crate::{Visitor, WebChatError};

/// A message as a participant of its chat sees it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ShownMessage {
    /// The chat of the message.
    pub chat_id: ChatId,
    /// The message.
    pub message: VisibleMessage,
    /// What decides its status.
    pub statuses: Statuses,
}

/// Returns a message of a chat in which the visitor participates.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`], and [`WebChatError::NotFound`]
/// if the message is not in the chat or is internal.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_models::MessageStatus;
///
/// let shown = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let sent = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?;
///         get_message(tx, &visitor, &sent.message.chat_id, sent.message.id)
///     })
///     .wait()?;
/// assert_eq!(shown.statuses.of(&shown.message), MessageStatus::Sent);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn get_message(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
    id: MessageId,
) -> Result<ShownMessage, WebChatError> {
    let part = read_access(db, visitor, chat_id, None)?;
    shown(db, &part.access, id)
}

/// Returns a message of the chat of `access`.
///
/// # Errors
/// [`WebChatError::NotFound`] if the message is not in the chat or is internal.
pub(crate) fn shown(
    db: &mut Db,
    access: &ChatAccess,
    id: MessageId,
) -> Result<ShownMessage, WebChatError> {
    let message = messages::one(db, access, id)?.ok_or(WebChatError::NotFound)?;
    let message = [message];
    let statuses = Statuses::read(db, access, &message)?;
    let [message] = message;
    Ok(ShownMessage {
        chat_id: access.chat().id.clone(),
        message,
        statuses,
    })
}
