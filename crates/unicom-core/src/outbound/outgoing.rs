//! Storing outgoing messages: `send_message` for all platforms (seed 3.1).

use unicom_db::{
    LockedChat, Tx,
    queries::{chats, deliveries, messages},
};
use unicom_models::{
    AccountId, AuthorKind, Channel, Chat, ChatId, Direction, MediaType, Message, MessageId,
    StoredMedia, UtcTime,
};

use crate::store_message::{Composed, Content, store};
use crate::validation::{check_display_name, check_optional_id};
use crate::{CoreError, Platforms, buttons::Buttons, html::CleanHtml};

/// A message to send.
#[derive(Debug, Clone, Default)]
pub struct OutgoingMessage {
    /// Plain text. If it is empty, the text of the HTML is used.
    pub text: String,
    /// HTML.
    pub html: Option<CleanHtml>,
    /// The file, already in the media store, and its type.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The message of the same chat that this message replies to.
    pub reply_to_message_id: Option<MessageId>,
    /// The account that sends the message, if any.
    pub sender_id: Option<AccountId>,
    /// The sender name to show. Defaults to the channel's `bot_name` or, without one, to the name
    /// of the channel.
    pub sender_name: Option<String>,
    /// The host's id of the user who sends the message, if a user does.
    pub user_id: Option<String>,
    /// What the author is, as readers of the chat see it. Defaults to a person of the team if a
    /// user sends the message, and to a bot if not.
    pub author: Option<AuthorKind>,
    /// The buttons to show under the message.
    pub buttons: Option<Buttons>,
}

impl OutgoingMessage {
    /// Creates a message of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Creates a message with a file that is already in the media store.
    pub fn file(file: (MediaType, StoredMedia)) -> Self {
        Self {
            media: Some(file),
            ..Self::default()
        }
    }

    /// Sets the buttons under the message.
    #[must_use]
    pub fn with_buttons(self, buttons: Buttons) -> Self {
        Self {
            buttons: Some(buttons),
            ..self
        }
    }

    /// Creates a message of HTML.
    #[must_use]
    pub fn html(html: CleanHtml) -> Self {
        Self {
            html: Some(html),
            ..Self::default()
        }
    }
}

/// Sends a message to a chat of `channel` on any platform, for a host that knows the chat. It has
/// three siblings: [`reply_with`](crate::replies::reply_with) answers a message in its chat,
/// [`send_to_chat`](crate::admin::send_to_chat) also records in the audit trail which admin sent
/// the message, and `send_webchat_message` of `unicom-webchat` needs no [`Platforms`].
///
/// Stores the message, and queues it for delivery if the platform is not local.
///
/// # Errors
/// [`CoreError::UnknownPlatform`], [`CoreError::ChannelInactive`]; [`CoreError::ChatNotFound`] if
/// the chat does not exist or is on another channel; [`CoreError::EmptyMessage`],
/// [`CoreError::Nul`], [`CoreError::Invalid`], [`CoreError::TooLarge`],
/// [`CoreError::ReplyNotFound`], [`CoreError::Buttons`].
///
/// ```
/// # use unicom_core::{*, admin::*, inbound::*, outbound::*};
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
/// let message = database
///     .write(move |tx| {
///         let hello = receive(tx, &channel, hello)?.into_saved().unwrap().message;
///         let greeting = OutgoingMessage::text("Good morning");
///         send_message(tx, &platforms, &channel, &hello.chat_id, greeting)
///     })
///     .wait()?;
/// // The pipeline has not yet handed it to the platform.
/// assert!(!message.sent());
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn send_message(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    channel: &Channel,
    chat_id: &ChatId,
    outgoing: OutgoingMessage,
) -> Result<Message, CoreError> {
    let local = platforms.for_sending(channel)?.capabilities().local;
    let sent_at = local.then(|| tx.now());
    let (chat, message) = append(tx, channel, chat_id, outgoing, sent_at)?;
    if !local {
        deliveries::queue(tx, &chat, &message)?;
    }
    Ok(message)
}

/// Stores an outgoing message at the end of a chat. `sent_at` is the time it was sent, if it was.
/// It is not delivered: a caller outside of unicom uses [`send_message`].
///
/// # Errors
/// [`CoreError::ChatNotFound`] if the chat does not exist or is on another channel,
/// [`CoreError::EmptyMessage`], [`CoreError::Nul`], [`CoreError::Invalid`],
/// [`CoreError::TooLarge`], [`CoreError::ReplyNotFound`], [`CoreError::Buttons`].
#[doc(hidden)]
pub fn append_outgoing(
    tx: &mut Tx<'_>,
    channel: &Channel,
    chat_id: &ChatId,
    outgoing: OutgoingMessage,
    sent_at: Option<UtcTime>,
) -> Result<Message, CoreError> {
    append(tx, channel, chat_id, outgoing, sent_at).map(|(_, message)| message)
}

fn append(
    tx: &mut Tx<'_>,
    channel: &Channel,
    chat_id: &ChatId,
    outgoing: OutgoingMessage,
    sent_at: Option<UtcTime>,
) -> Result<(LockedChat<'static>, Message), CoreError> {
    let chat = chats::lock(tx, chat_id)?
        .filter(|chat| chat.channel_id == channel.id)
        .ok_or_else(|| CoreError::ChatNotFound(chat_id.clone()))?;
    if let Some(reply_to) = outgoing.reply_to_message_id
        && messages::get_unchecked(tx, reply_to)?.is_none_or(|message| message.chat_id != chat.id)
    {
        return Err(CoreError::ReplyNotFound(reply_to));
    }
    let composed = compose(tx, channel, &chat, outgoing, MessageId::new(), sent_at)?;
    store(tx, &chat, &composed, None)?;
    Ok((chat, composed.message))
}

/// Creates an outgoing message that is later than all other messages of `chat`, which is on
/// `channel`. The message that it replies to must be in the chat.
///
/// # Errors
/// [`CoreError::EmptyMessage`], [`CoreError::Nul`], [`CoreError::Invalid`],
/// [`CoreError::TooLarge`], [`CoreError::Buttons`].
pub(crate) fn compose(
    tx: &Tx<'_>,
    channel: &Channel,
    chat: &Chat,
    outgoing: OutgoingMessage,
    id: MessageId,
    sent_at: Option<UtcTime>,
) -> Result<Composed, CoreError> {
    check_display_name(
        "sender_name",
        outgoing.sender_name.as_deref().unwrap_or_default(),
    )?;
    check_optional_id("user_id", outgoing.user_id.as_ref())?;
    let content = Content::new(outgoing.text, outgoing.html, outgoing.media)?;
    let usual = Direction::Outgoing.usual_author(outgoing.user_id.is_some());
    let details = content.details(outgoing.author.filter(|author| *author != usual));
    let mut message = content.into_message(tx, chat, Direction::Outgoing);
    message.id = id;
    message.sender_id = outgoing.sender_id;
    message.sender_name = outgoing.sender_name.unwrap_or_else(|| sender_name(channel));
    message.user_id = outgoing.user_id;
    message.reply_to_message_id = outgoing.reply_to_message_id;
    message.sent_at = sent_at;
    message.interactive_buttons = outgoing
        .buttons
        .map(|buttons| buttons.into_json(message.id))
        .transpose()?;
    Ok(Composed { message, details })
}

/// Returns the sender name of bots and the system on a channel: its `bot_name`, or the channel's
/// name.
pub fn sender_name(channel: &Channel) -> String {
    channel.bot_name().to_owned()
}
