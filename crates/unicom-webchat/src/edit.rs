//! `edit_message` and `delete_message`: a visitor changes a message after sending it.

use std::time::Duration;

use serde_json::Value;
use unicom_core::inbound::{self, edit_text};
use unicom_db::Tx;
use unicom_db::queries::chat_access;
use unicom_db::queries::visitor_access::{self, References, WriteAccess};
use unicom_models::{AccountId, Message, MessageId};

use crate::account::successor;
use crate::get_message::shown;
use crate::write_access::account_of;
use crate::{ShownMessage, Visitor, WebChatError};

/// The setting of a channel with the number of minutes for which visitors may edit and delete a
/// message.
pub(crate) const EDIT_MINUTES: &str = "edit_minutes";

/// The value of [`EDIT_MINUTES`] by default.
pub(crate) const DEFAULT_EDIT_MINUTES: u32 = 15;

/// Maximum value of [`EDIT_MINUTES`]: a year.
pub(crate) const MOST_EDIT_MINUTES: u32 = 366 * 24 * 60;

/// Replaces the text of a message that the visitor wrote. The text is trimmed. The old text stays
/// visible to admins.
///
/// If no bot has been given the message yet, the bot gets the new text. If the text is the same,
/// nothing changes.
///
/// # Errors
/// - [`WebChatError::NotFound`] if the visitor did not write a message with this id, or made it by
///   clicking a button.
/// - [`WebChatError::TooLate`] if the time for which the channel lets visitors edit messages is
///   over: the setting `edit_minutes`, by default 15.
/// - [`WebChatError::NoChannel`] if the channel of the chat is not active.
/// - [`WebChatError::AccountBlocked`], and [`WebChatError::GuestLoggedIn`] if the guest logged in
///   before the request arrived.
/// - [`WebChatError::Core`] if the text contains a NUL, is too long, or is empty and the message
///   has no file.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let edited = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let sent = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hallo!"))?;
///         edit_message(tx, &visitor, sent.message.id, "Hello!")
///     })
///     .wait()?;
/// assert_eq!(edited.message.text, "Hello!");
/// assert!(edited.message.edited_at.is_some());
/// # Ok::<(), WebChatError>(())
/// ```
pub fn edit_message(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    id: MessageId,
    text: &str,
) -> Result<ShownMessage, WebChatError> {
    let (part, message) = own_message(tx, visitor, id)?;
    edit_text(tx, &part.chat(), &message, text.trim().to_owned())?;
    shown(tx, &part.access, id)
}

/// Deletes a message that the visitor wrote, with the request that it became. Replies to it stay.
/// Returns the storage keys of its files. The caller deletes them from the media store once the
/// transaction is committed.
///
/// # Errors
/// Those of [`edit_message`] that do not depend on the text.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let page = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let sent = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Oops"))?;
///         let files = delete_message(tx, &visitor, sent.message.id)?;
///         assert!(files.is_empty());
///         list_messages(tx, &visitor, &MessagePageRequest::default())
///     })
///     .wait()?;
/// assert!(page.messages.is_empty());
/// # Ok::<(), WebChatError>(())
/// ```
pub fn delete_message(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    id: MessageId,
) -> Result<Vec<String>, WebChatError> {
    let (part, message) = own_message(tx, visitor, id)?;
    Ok(inbound::delete_message(tx, &part.chat(), message.id)?)
}

/// Locks the chat of a message that the visitor wrote and may still change.
fn own_message(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    id: MessageId,
) -> Result<(WriteAccess, Message), WebChatError> {
    let mut found = lock(tx, &visitor.checked_account_id()?, id)?;
    if found.is_none() {
        // The guest may have logged in while the request was in flight.
        found = match successor(tx, visitor)? {
            Some(user) => lock(tx, &user.id, id)?,
            None => None,
        };
    }
    let Some((part, message)) = found else {
        account_of(tx, visitor)?;
        return Err(WebChatError::NotFound);
    };
    if !part.channel.is_active {
        return Err(WebChatError::NoChannel);
    }
    let time = edit_time(&part.channel_config);
    if time.is_none_or(|time| message.timestamp.plus(time) < tx.now()) {
        return Err(WebChatError::TooLate);
    }
    Ok((part, message))
}

/// Locks the chat of a message that the account wrote. Returns `None` if there is no such message.
fn lock(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    id: MessageId,
) -> Result<Option<(WriteAccess, Message)>, WebChatError> {
    let found = chat_access::lock_access_to_own_message(tx, account_id, id)?;
    // The text of a click is that of the button.
    let Some((access, message)) = found.filter(|(_, message)| message.clicked().is_none()) else {
        return Ok(None);
    };
    let part = visitor_access::of_locked(tx, access, References::default())?;
    Ok(part.map(|part| (part, message)))
}

/// Returns the time after sending a message for which the channel lets visitors change it. Returns
/// `None` if it does not.
fn edit_time(channel_config: &Value) -> Option<Duration> {
    let minutes = channel_config.get(EDIT_MINUTES).and_then(Value::as_u64);
    let minutes = minutes.unwrap_or(u64::from(DEFAULT_EDIT_MINUTES));
    (minutes > 0).then(|| Duration::from_secs(minutes.saturating_mul(60)))
}
