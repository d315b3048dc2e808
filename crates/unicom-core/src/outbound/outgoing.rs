//! Storing outgoing messages: the cross-platform `send_message` (seed 3.1).

use serde_json::Value;
use unicom_db::{
    Tx,
    queries::{chats, deliveries, messages},
};
use unicom_models::{
    AccountId, Channel, ChatId, Direction, MediaType, Message, MessageId, StoredMedia, UtcTime,
};

use crate::append::{Content, check_nul, store};
use crate::{CoreError, Platforms, buttons::Buttons, html::CleanHtml};

/// A message to send.
#[derive(Debug, Clone, Default)]
pub struct OutgoingMessage {
    /// Its plain text; where it is empty, that of its HTML.
    pub text: String,
    /// Its HTML.
    pub html: Option<CleanHtml>,
    /// Its file, already in the media store, and what kind it is.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The message of the same chat that it answers.
    pub reply_to_message_id: Option<MessageId>,
    /// The account that sends it, where there is one.
    pub sender_id: Option<AccountId>,
    /// The name to show beside it; by default the channel's `bot_name`, or the channel's own.
    pub sender_name: Option<String>,
    /// The host's user who sends it, where one does.
    pub user_id: Option<String>,
    /// Buttons to show under it.
    pub buttons: Option<Buttons>,
}

impl OutgoingMessage {
    /// A message of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A message with a file that the media store has already.
    pub fn file(file: (MediaType, StoredMedia)) -> Self {
        Self {
            media: Some(file),
            ..Self::default()
        }
    }

    /// The same with buttons under it.
    #[must_use]
    pub fn with_buttons(self, buttons: Buttons) -> Self {
        Self {
            buttons: Some(buttons),
            ..self
        }
    }

    /// A message of HTML, which is cleaned here.
    ///
    /// # Errors
    /// Those of [`CleanHtml::new`].
    pub fn html(html: &str) -> Result<Self, CoreError> {
        Ok(Self {
            html: Some(CleanHtml::new(html)?),
            ..Self::default()
        })
    }
}

/// Sends a message to a chat of `channel`, whatever its platform: stores it, and queues it for delivery where
/// the platform is not local.
///
/// # Errors
/// [`CoreError::UnknownPlatform`], [`CoreError::ChannelInactive`], and those of [`append_outgoing`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::*;
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database().clone(), FakePlatform::default());
/// # let kind = sms.kind();
/// # let platforms = Platforms::default().with(sms);
/// # let at = platforms.clone();
/// # let channel = test.write(move |tx| create_channel(tx, &at, &Bots::default(), &kind, "Hotline", &json!({})));
/// # let incoming = IngestedMessage {
/// #     account: IngestedAccount { id: "sms_49170".into(), name: "Ada".to_owned(), is_bot: false, raw: json!({}) },
/// #     chat: IngestedChat { id: "sms_49170".into(), name: None, is_private: true },
/// #     message: IncomingMessage { text: "Hello!".to_owned(), ..IncomingMessage::default() },
/// # };
/// let message = database
///     .write(move |tx| {
///         ingest(tx, &channel, incoming)?;
///         send_message(tx, &platforms, &channel, &"sms_49170".into(), OutgoingMessage::text("Good morning"))
///     })
///     .wait()?;
/// // It waits for the pipeline to hand it to the platform.
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
    let platform = platforms.get(&channel.platform)?;
    if !channel.active {
        return Err(CoreError::ChannelInactive(channel.id));
    }
    let local = platform.capabilities().local;
    let message = append_outgoing(tx, channel, chat_id, outgoing, local.then(|| tx.now()))?;
    if !local {
        deliveries::queue(tx, &message)?;
    }
    Ok(message)
}

/// Stores an outgoing message at the end of a chat; `sent_at` says when it was sent, if it was.
///
/// # Errors
/// [`CoreError::ChatNotFound`] where the chat is missing or on another channel, [`CoreError::EmptyMessage`],
/// [`CoreError::Nul`], [`CoreError::TooLarge`], [`CoreError::ReplyNotFound`], [`CoreError::Buttons`].
pub fn append_outgoing(
    tx: &mut Tx<'_>,
    channel: &Channel,
    chat_id: &ChatId,
    outgoing: OutgoingMessage,
    sent_at: Option<UtcTime>,
) -> Result<Message, CoreError> {
    check_nul("sender_name", outgoing.sender_name.as_ref())?;
    let content = Content::new(outgoing.text, outgoing.html, outgoing.media)?;
    let chat = chats::lock(tx, chat_id)?
        .filter(|chat| chat.channel_id == channel.id)
        .ok_or_else(|| CoreError::ChatNotFound(chat_id.clone()))?;
    if let Some(reply_to) = outgoing.reply_to_message_id
        && messages::get_unchecked(tx, reply_to)?.is_none_or(|message| message.chat_id != chat.id)
    {
        return Err(CoreError::ReplyNotFound(reply_to));
    }
    let mut message = Message {
        sender_id: outgoing.sender_id,
        sender_name: outgoing.sender_name.unwrap_or_else(|| sender_name(channel)),
        user_id: outgoing.user_id,
        reply_to_message_id: outgoing.reply_to_message_id,
        sent_at,
        ..content.into_message(tx, &chat, Direction::Outgoing)
    };
    message.interactive_buttons = outgoing
        .buttons
        .map(|buttons| buttons.into_json(message.id))
        .transpose()?;
    store(tx, &chat, &message, None)?;
    Ok(message)
}

/// Returns the name beside what bots and the system say on a channel: its `bot_name`, or its own.
pub fn sender_name(channel: &Channel) -> String {
    channel
        .config
        .get("bot_name")
        .and_then(Value::as_str)
        .unwrap_or(&channel.name)
        .to_owned()
}
