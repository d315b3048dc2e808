//! `open_stream` and `stop_stream`: a visitor reads a reply while a bot writes it, or stops it.

use unicom_db::queries::streams;
use unicom_db::{Db, Tx};
use unicom_models::{ChatId, MessageId};

use crate::account::successor;
use crate::write_access::{account_of, check_chat_id};
use crate::{Visitor, WebChatError};

pub use unicom_db::queries::streams::StoredStream;

/// Returns the reply that a bot is writing in a chat in which the visitor participates, as far as
/// it is stored: at most a second old. Returns `None` if there is none.
///
/// # Errors
/// [`WebChatError::ChatNotFound`] if there can be no chat with this id.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let stream = database
///     .write(move |tx| {
///         let guest = Visitor::guest("4f3c");
///         let sent = save_webchat_message(tx, &channel, &guest, NewMessage::text("Hello!"))?;
///         open_stream(tx, &guest, &sent.message.chat_id)
///     })
///     .wait()?;
/// assert!(stream.is_none());
/// # Ok::<(), WebChatError>(())
/// ```
pub fn open_stream(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<Option<StoredStream>, WebChatError> {
    check_chat_id(chat_id)?;
    let account_id = visitor.checked_account_id()?;
    Ok(streams::visible_to(db, &account_id, chat_id)?)
}

/// Stops a reply that a bot is writing in a chat in which the visitor participates, wherever it
/// runs. The text so far becomes the reply. Has no effect if the bot has just finished.
///
/// # Errors
/// [`WebChatError::NotFound`] if no bot is writing a reply with this id in the visitor's chats,
/// [`WebChatError::AccountBlocked`], and [`WebChatError::GuestLoggedIn`] if the guest logged in
/// before the request arrived.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let stopped = database
///     .write(|tx| stop_stream(tx, &Visitor::guest("4f3c"), unicom_models::MessageId::new()))
///     .wait();
/// assert!(matches!(stopped, Err(WebChatError::NotFound)));
/// ```
pub fn stop_stream(tx: &mut Tx<'_>, visitor: &Visitor, id: MessageId) -> Result<(), WebChatError> {
    if streams::request_stop(tx, &visitor.checked_account_id()?, id)? {
        return Ok(());
    }
    // The guest may have logged in while the request was in flight.
    if let Some(user) = successor(tx, visitor)?
        && streams::request_stop(tx, &user.id, id)?
    {
        return Ok(());
    }
    account_of(tx, visitor)?;
    Err(WebChatError::NotFound)
}
