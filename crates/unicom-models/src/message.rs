//! Messages of chats.

use diesel::{dsl, prelude::*};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::schema::{unicom_message_edits as edits, unicom_messages as messages};

use crate::text_enum::text_enum;
use crate::{
    AccountId, AuthorKind, ChannelId, ChatId, InteractiveButtons, MediaMeasures, MessageDetails,
    MessageId, UtcTime, schema,
};

text_enum! {
    /// The direction of a message, seen from unicom.
    pub enum Direction ("direction") {
        /// Written by a visitor.
        Incoming => "incoming",
        /// Written by a bot or an admin.
        Outgoing => "outgoing",
        /// A system note, such as a tool call. Stored in the chat, never shown to a visitor.
        Internal => "internal",
    }
}

impl Direction {
    /// Returns the kind of author that messages of this direction usually have: those that a user
    /// of the host wrote, and others.
    pub fn usual_author(self, is_of_user: bool) -> AuthorKind {
        match self {
            Self::Incoming => AuthorKind::Visitor,
            Self::Outgoing | Self::Internal if is_of_user => AuthorKind::Staff,
            Self::Outgoing | Self::Internal => AuthorKind::Bot,
        }
    }
}

text_enum! {
    /// The type of a message's content.
    pub enum MediaType ("media type") {
        /// Plain text.
        Text => "text",
        /// HTML, with a plain text version.
        Html => "html",
        /// An image, with or without text.
        Image => "image",
        /// Audio, with or without text.
        Audio => "audio",
        /// A video, with or without text.
        Video => "video",
        /// Any other file to download, with or without text. The file may still be fetched.
        File => "file",
        /// A tool call of a bot.
        ToolCall => "tool_call",
        /// The response of a tool.
        ToolResponse => "tool_response",
    }
}

/// A message of a chat.
///
/// Its timestamp is later than that of every earlier message of the chat.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = schema::unicom_messages)]
// Always sends every column: the SQL text is the same for every row and is prepared only once.
#[diesel(treat_none_as_default_value = false)]
#[non_exhaustive]
pub struct Message {
    /// The id of the message.
    pub id: MessageId,
    /// The chat the message belongs to.
    pub chat_id: ChatId,
    /// The channel the message was received or sent through.
    pub channel_id: ChannelId,
    /// The account that wrote the message. `None` if a bot or an admin without an account wrote it.
    pub sender_id: Option<AccountId>,
    /// The name of the sender at the time of writing.
    pub sender_name: String,
    /// The host's id of the user who wrote the message, if a user did.
    pub user_id: Option<String>,
    /// The direction of the message.
    pub direction: Direction,
    /// When the message was written.
    pub timestamp: UtcTime,
    /// Plain text. Empty if the message carries only media.
    pub text: String,
    /// Sanitised HTML.
    pub html: Option<String>,
    /// The subject, on platforms that have one.
    pub subject: Option<String>,
    /// The type of the content.
    pub media_type: MediaType,
    /// The key of the file in the media store. Never shown to a client.
    pub media_key: Option<String>,
    /// A safe name to display and to save the file under.
    pub media_name: Option<String>,
    /// The MIME type of the file, detected from its content.
    pub media_content_type: Option<String>,
    /// The size of the file in bytes.
    pub media_size: Option<i64>,
    /// SHA-256 of the file's content, in hexadecimal.
    pub media_sha256: Option<String>,
    /// The message of the same chat that this message replies to.
    pub reply_to_message_id: Option<MessageId>,
    /// The id that the platform's provider gave the message.
    pub provider_message_id: Option<String>,
    /// The id that the client gave the message. Unique for each sender, so that a client can safely
    /// send the message again.
    pub client_message_id: Option<String>,
    /// The buttons under the message.
    pub interactive_buttons: Option<Value>,
    /// When the message was handed to the platform. On a local platform, the time it was stored.
    pub sent_at: Option<UtcTime>,
    /// When the platform reported that the message arrived.
    pub delivered_at: Option<UtcTime>,
    /// When the recipient saw the message.
    pub seen_at: Option<UtcTime>,
    /// The data received from the platform, unchanged, and unicom's additions to it: see
    /// [`Message::clicked`].
    pub raw: Value,
}

/// A message as readers of the chat see it.
///
/// Contains only what a message list shows, so that no other columns are read.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = schema::unicom_messages)]
#[non_exhaustive]
pub struct VisibleMessage {
    /// The id of the message.
    pub id: MessageId,
    /// The account that wrote the message. `None` if a bot or an admin without an account wrote it.
    pub sender_id: Option<AccountId>,
    /// The name of the sender at the time of writing.
    pub sender_name: String,
    /// Whether a user of the host wrote the message.
    #[diesel(select_expression = schema::unicom_messages::user_id.is_not_null())]
    pub is_of_user: bool,
    /// The direction of the message.
    pub direction: Direction,
    /// When the message was written.
    pub timestamp: UtcTime,
    /// Plain text. Empty if the message carries only media.
    pub text: String,
    /// Sanitised HTML.
    pub html: Option<String>,
    /// The type of the content.
    pub media_type: MediaType,
    /// A safe name to display and to save the file under.
    pub media_name: Option<String>,
    /// The MIME type of the file, detected from its content.
    pub media_content_type: Option<String>,
    /// The size of the file in bytes.
    pub media_size: Option<i64>,
    /// The message of the same chat that this message replies to.
    pub reply_to_message_id: Option<MessageId>,
    /// The id that the client gave the message.
    pub client_message_id: Option<String>,
    /// The buttons under the message.
    pub interactive_buttons: Option<Value>,
    /// When the message was handed to the platform. On a local platform, the time it was stored.
    pub sent_at: Option<UtcTime>,
    /// When the platform reported that the message arrived.
    pub delivered_at: Option<UtcTime>,
    /// When the recipient saw the message, as the platform reported.
    pub seen_at: Option<UtcTime>,
    /// What few messages have. Empty for the others.
    #[diesel(embed)]
    pub details: Option<MessageDetails>,
    /// When the message was last edited.
    #[diesel(select_expression = last_edit())]
    pub edited_at: Option<UtcTime>,
    /// Whether a provider knows the message. No other message has further files.
    #[diesel(select_expression = schema::unicom_messages::provider_message_id.is_not_null())]
    pub is_from_provider: bool,
}

/// Query part: the time of the last edit of a message. `NULL` if it was not edited.
#[dsl::auto_type]
fn last_edit() -> _ {
    edits::table
        .filter(edits::message_id.eq(messages::id))
        .order(edits::revision.desc())
        .select(edits::edited_at)
        .limit(1_i64)
        .single_value()
}

impl VisibleMessage {
    /// Returns what the author is. Usually that is a visitor for an incoming message, and for
    /// others the team if a user of the host wrote it, and a bot if not.
    pub fn author_kind(&self) -> AuthorKind {
        let stored = self.details.and_then(|details| details.author);
        stored.unwrap_or(self.direction.usual_author(self.is_of_user))
    }

    /// Returns the measures of the file, as far as they are known.
    pub fn measures(&self) -> MediaMeasures {
        self.details.unwrap_or_default().measures
    }

    /// Returns the buttons of the message. Returns `None` if the message has none.
    ///
    /// A click on a button sends its `callback_execution_id`, of at most 40 bytes.
    pub fn buttons(&self) -> Option<InteractiveButtons> {
        InteractiveButtons::from_json(self.interactive_buttons.as_ref()?)
    }
}

/// Without the time of the last edit and with empty details, which a message does not have.
impl From<Message> for VisibleMessage {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            sender_id: message.sender_id,
            sender_name: message.sender_name,
            is_of_user: message.user_id.is_some(),
            direction: message.direction,
            timestamp: message.timestamp,
            text: message.text,
            html: message.html,
            media_type: message.media_type,
            media_name: message.media_name,
            media_content_type: message.media_content_type,
            media_size: message.media_size,
            reply_to_message_id: message.reply_to_message_id,
            client_message_id: message.client_message_id,
            interactive_buttons: message.interactive_buttons,
            sent_at: message.sent_at,
            delivered_at: message.delivered_at,
            seen_at: message.seen_at,
            details: Some(MessageDetails::default()),
            edited_at: None,
            is_from_provider: message.provider_message_id.is_some(),
        }
    }
}

impl Message {
    /// The field of `raw` that holds the value of a clicked button, as `{"value": …}`.
    ///
    /// The name is reserved for unicom: a field of this name sent by a platform is dropped.
    pub const CLICK: &str = "button_click";

    /// The field of `raw` with the id of the request that a message says has failed.
    #[doc(hidden)]
    pub const FAILED_REQUEST: &str = "failed_request";

    /// Creates a message without content and sender. The caller fills in the other fields.
    pub fn new(
        chat_id: ChatId,
        channel_id: ChannelId,
        direction: Direction,
        timestamp: UtcTime,
    ) -> Self {
        Self {
            id: MessageId::new(),
            chat_id,
            channel_id,
            sender_id: None,
            sender_name: String::new(),
            user_id: None,
            direction,
            timestamp,
            text: String::new(),
            html: None,
            subject: None,
            media_type: MediaType::Text,
            media_key: None,
            media_name: None,
            media_content_type: None,
            media_size: None,
            media_sha256: None,
            reply_to_message_id: None,
            provider_message_id: None,
            client_message_id: None,
            interactive_buttons: None,
            sent_at: None,
            delivered_at: None,
            seen_at: None,
            raw: Value::Object(Map::new()),
        }
    }

    /// Returns the file of the message, without its measures. Returns `None` if the message has no
    /// file.
    pub fn media(&self) -> Option<StoredMedia> {
        Some(StoredMedia {
            key: self.media_key.clone()?,
            name: self.media_name.clone()?,
            content_type: self.media_content_type.clone()?,
            size: self.media_size?,
            sha256: self.media_sha256.clone()?,
            measures: MediaMeasures::default(),
        })
    }

    /// Returns the buttons of the message, for a platform that shows them. Returns `None` if the
    /// message has none.
    ///
    /// A click on a button sends its `callback_execution_id`, of at most 40 bytes.
    pub fn buttons(&self) -> Option<InteractiveButtons> {
        InteractiveButtons::from_json(self.interactive_buttons.as_ref()?)
    }

    /// Returns the value of the clicked button. Returns `None` if the message is not a click.
    ///
    /// The message with the button is the one that this message replies to.
    pub fn clicked(&self) -> Option<&str> {
        self.raw.get(Self::CLICK)?.get("value")?.as_str()
    }

    /// Returns `true` if the message tells a visitor that a request has failed, so that no answer
    /// comes.
    pub fn is_failure_notice(&self) -> bool {
        self.raw.get(Self::FAILED_REQUEST).is_some()
    }

    /// Returns `true` if the message was handed to the platform.
    pub fn sent(&self) -> bool {
        self.sent_at.is_some()
    }

    /// Returns `true` if the platform reported that the message arrived.
    pub fn delivered(&self) -> bool {
        self.delivered_at.is_some()
    }

    /// Returns `true` if the recipient saw the message.
    pub fn seen(&self) -> bool {
        self.seen_at.is_some()
    }
}

/// A file in the media store, as a message refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMedia {
    /// The key of the file in the media store. Never shown to a client.
    pub key: String,
    /// A safe name to display and to save the file under.
    pub name: String,
    /// The MIME type of the file, detected from its content.
    pub content_type: String,
    /// The size of the file in bytes.
    pub size: i64,
    /// SHA-256 of the file's content, in hexadecimal.
    pub sha256: String,
    /// The measures of what the file shows or plays. They are stored with the message.
    #[serde(skip)]
    pub measures: MediaMeasures,
}
