//! [`reply_with`], which answers a message in its chat.

use unicom_db::{Tx, queries::channels};
use unicom_models::Message;

use crate::{CoreError, OutgoingMessage, Platforms, outbound::send_message};

/// Sends `reply` to the chat of `message`, marked as a reply to it (the seed's
/// `message.reply_with()`).
///
/// # Errors
/// [`CoreError::ChannelNotFound`], and those of [`send_message`].
///
/// ```
/// # use unicom_core::{*, admin::*, inbound::*, replies::*};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database().clone(), FakePlatform::default());
/// # let kind = sms.kind();
/// # let platforms = Platforms::default().with(sms);
/// # let extensions = Extensions::default().with_platforms(platforms.clone());
/// # let channel = test.write(move |tx| {
/// #     create_channel(tx, &Actor::COMMAND_LINE, &extensions, NewChannel::new(kind, "Hotline"))
/// # });
/// # let hello = IncomingMessage { text: "Hello!".to_owned(), ..IncomingMessage::default() };
/// # let (ada, chat) = (Sender::new("49170", "Ada"), ChatInfo::new(channel.id, "49170"));
/// # let hello = PlatformEvent::message(ada, chat, hello);
/// let (asked, answered) = database
///     .write(move |tx| {
///         let asked = receive(tx, &channel, hello)?.into_saved().unwrap().message;
///         let answer = OutgoingMessage::text("Hello to you");
///         let answered = reply_with(tx, &platforms, &asked, answer)?;
///         Ok::<_, CoreError>((asked, answered))
///     })
///     .wait()?;
/// assert_eq!(answered.reply_to_message_id, Some(asked.id));
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn reply_with(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    message: &Message,
    reply: OutgoingMessage,
) -> Result<Message, CoreError> {
    let channel = channels::get(tx, message.channel_id)?
        .ok_or(CoreError::ChannelNotFound(message.channel_id))?;
    let reply = OutgoingMessage {
        reply_to_message_id: Some(message.id),
        ..reply
    };
    send_message(tx, platforms, &channel, &message.chat_id, reply)
}
