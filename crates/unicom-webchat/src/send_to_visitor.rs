//! `send_webchat_message`: a bot, the system or an admin writes to a visitor (seed 2.4).

use unicom_core::{CoreError, OutgoingMessage, outbound::append_outgoing};
use unicom_db::Tx;
use unicom_models::{Channel, ChatId, Message};

use crate::{WebChat, WebChatError};

/// Stores an outgoing message in a chat of a web chat channel. It counts as sent immediately, since
/// its readers read it from the database.
///
/// [`send_message`](unicom_core::outbound::send_message) does the same and also sends on other
/// platforms: use it for a chat of any channel.
///
/// # Errors
/// - [`WebChatError::NoChannel`] if `channel` belongs to another platform or is not active.
/// - [`WebChatError::ChatNotFound`] if the chat does not exist or is on another channel.
/// - [`WebChatError::Core`] if the message is empty, contains a NUL, or replies to a message of
///   another chat.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_content::html::sanitize;
/// use unicom_core::OutgoingMessage;
///
/// let message = database
///     .write(move |tx| {
///         let hello = NewMessage::text("Hello!");
///         let saved = save_webchat_message(tx, &channel, &Visitor::guest("4f3c"), hello)?;
///         let answer = OutgoingMessage::html(sanitize("<b>Welcome</b><script>no()</script>")?);
///         send_webchat_message(tx, &channel, &saved.message.chat_id, answer)
///     })
///     .wait()?;
/// assert_eq!(message.html.as_deref(), Some("<b>Welcome</b>"));
/// assert_eq!(message.text, "Welcome");
/// # Ok::<(), WebChatError>(())
/// ```
pub fn send_webchat_message(
    tx: &mut Tx<'_>,
    channel: &Channel,
    chat_id: &ChatId,
    outgoing: OutgoingMessage,
) -> Result<Message, WebChatError> {
    if !channel.active || channel.platform != WebChat::kind() {
        return Err(WebChatError::NoChannel);
    }
    let now = tx.now();
    append_outgoing(tx, channel, chat_id, outgoing, Some(now)).map_err(|error| match error {
        CoreError::ChatNotFound(_) => WebChatError::ChatNotFound,
        error => error.into(),
    })
}
