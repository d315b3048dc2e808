//! `send_webchat_message`: a bot, the system or staff writes to a visitor (seed 2.4).

use unicom_core::{CoreError, OutgoingMessage, outbound::append_outgoing};
use unicom_db::Tx;
use unicom_models::{Channel, ChatId, Message};

use crate::{WebChat, WebChatError};

/// Stores an outgoing message in a chat of a web chat channel. Its readers read it from the database: it counts
/// as sent at once.
///
/// # Errors
/// [`WebChatError::NoChannel`] where `channel` is of another platform or not active;
/// [`WebChatError::ChatNotFound`] where the chat is missing or on another channel; [`WebChatError::Core`] for an
/// empty message, a NUL, or a reply to a message of another chat.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// use unicom_core::OutgoingMessage;
///
/// let message = database
///     .write(move |tx| {
///         let saved = save_webchat_message(tx, &channel, &Visitor::guest("4f3c"), NewMessage::text("Hello!"))?;
///         let answer = OutgoingMessage::html("<b>Welcome</b><script>no()</script>")?;
///         send_webchat_message(tx, &channel, &saved.message().chat_id, answer)
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
    if !channel.active || channel.platform.as_str() != WebChat::KIND {
        return Err(WebChatError::NoChannel);
    }
    let now = tx.now();
    append_outgoing(tx, channel, chat_id, outgoing, Some(now)).map_err(|error| match error {
        CoreError::ChatNotFound(_) => WebChatError::ChatNotFound,
        error => error.into(),
    })
}
