//! A message of a chat.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::text_enum::text_enum;
use crate::{AccountId, ChannelId, ChatId, MessageId, UtcTime, schema};

text_enum! {
    /// Which way a message goes, seen from unicom.
    pub enum Direction ("direction") {
        /// Written by a visitor.
        Incoming => "incoming",
        /// Written by a bot or by staff.
        Outgoing => "outgoing",
        /// A note of the system, such as a tool call: kept in the chat, never shown to a visitor.
        Internal => "internal",
    }
}

text_enum! {
    /// What a message carries.
    pub enum MediaType ("media type") {
        /// Plain text.
        Text => "text",
        /// HTML, with a plain text beside it.
        Html => "html",
        /// A picture, with or without a text.
        Image => "image",
        /// A sound, with or without a text.
        Audio => "audio",
        /// A bot's call of a tool.
        ToolCall => "tool_call",
        /// What the tool answered.
        ToolResponse => "tool_response",
    }
}

/// A message of a chat. Times are later than those of every message before it in the chat.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = schema::unicom_messages)]
// One text for every row, so that the statement is prepared once.
#[diesel(treat_none_as_default_value = false)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The chat it belongs to.
    pub chat_id: ChatId,
    /// The channel it came or went through.
    pub channel_id: ChannelId,
    /// The account that wrote it; none for a bot or staff without an account.
    pub sender_id: Option<AccountId>,
    /// The writer's name when it was written.
    pub sender_name: String,
    /// The host's user who wrote it, where one did.
    pub user_id: Option<String>,
    /// Which way it goes.
    pub direction: Direction,
    /// When it was written.
    pub timestamp: UtcTime,
    /// Its plain text; empty where it carries media only.
    pub text: String,
    /// Its HTML, sanitised.
    pub html: Option<String>,
    /// Its subject, on platforms that have one.
    pub subject: Option<String>,
    /// What it carries.
    pub media_type: MediaType,
    /// Where the media store keeps its file. Never shown to a client.
    pub media_key: Option<String>,
    /// A safe name to show and to save the file under.
    pub media_name: Option<String>,
    /// The file's MIME type, told from its content.
    pub media_content_type: Option<String>,
    /// The file's length in bytes.
    pub media_size: Option<i64>,
    /// SHA-256 of the file's content, in hexadecimal.
    pub media_sha256: Option<String>,
    /// The message of the same chat that it answers.
    pub reply_to_message_id: Option<MessageId>,
    /// The name that the platform's provider gave it.
    pub provider_message_id: Option<String>,
    /// The name that the client gave it, unique for each sender, so that sending again is safe.
    pub client_message_id: Option<String>,
    /// Buttons to show under it.
    pub interactive_buttons: Option<Value>,
    /// When it was handed to the platform; at once where the platform is local.
    pub sent_at: Option<UtcTime>,
    /// When the platform said that it arrived.
    pub delivered_at: Option<UtcTime>,
    /// When the other side saw it.
    pub seen_at: Option<UtcTime>,
    /// What the platform sent, as it came, and what unicom notes beside it: see [`Message::clicked`].
    pub raw: Value,
}

/// A message as those who read the chat see it: what its page shows, and no more than that is read.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = schema::unicom_messages)]
pub struct VisibleMessage {
    /// Its id.
    pub id: MessageId,
    /// The writer's name when it was written.
    pub sender_name: String,
    /// Which way it goes.
    pub direction: Direction,
    /// When it was written.
    pub timestamp: UtcTime,
    /// Its plain text; empty where it carries media only.
    pub text: String,
    /// Its HTML, sanitised.
    pub html: Option<String>,
    /// What it carries.
    pub media_type: MediaType,
    /// A safe name to show and to save its file under.
    pub media_name: Option<String>,
    /// The message of the same chat that it answers.
    pub reply_to_message_id: Option<MessageId>,
    /// The name that the client gave it.
    pub client_message_id: Option<String>,
    /// Buttons to show under it.
    pub interactive_buttons: Option<Value>,
}

impl From<Message> for VisibleMessage {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            sender_name: message.sender_name,
            direction: message.direction,
            timestamp: message.timestamp,
            text: message.text,
            html: message.html,
            media_type: message.media_type,
            media_name: message.media_name,
            reply_to_message_id: message.reply_to_message_id,
            client_message_id: message.client_message_id,
            interactive_buttons: message.interactive_buttons,
        }
    }
}

impl Message {
    /// The field of `raw` that says of a click which value it tells: `{"value"}`. unicom's own: what a platform sends under
    /// this name is not kept.
    pub const CLICK: &str = "button_click";

    /// A message without content, of nobody: what else there is to say of it is for the caller to fill in.
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

    /// The file it carries, where it carries one.
    pub fn media(&self) -> Option<StoredMedia> {
        Some(StoredMedia {
            key: self.media_key.clone()?,
            name: self.media_name.clone()?,
            content_type: self.media_content_type.clone()?,
            size: self.media_size?,
            sha256: self.media_sha256.clone()?,
        })
    }

    /// The value of the button that was clicked, where this is a click; the message with the button is the one that it
    /// answers.
    pub fn clicked(&self) -> Option<&str> {
        self.raw.get(Self::CLICK)?.get("value")?.as_str()
    }

    /// Whether it was handed to the platform.
    pub fn sent(&self) -> bool {
        self.sent_at.is_some()
    }

    /// Whether it arrived.
    pub fn delivered(&self) -> bool {
        self.delivered_at.is_some()
    }

    /// Whether the other side saw it.
    pub fn seen(&self) -> bool {
        self.seen_at.is_some()
    }
}

/// A file in the media store, as a message refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMedia {
    /// Where the media store keeps it. Never shown to a client.
    pub key: String,
    /// A safe name to show and to save it under.
    pub name: String,
    /// Its MIME type, told from its content.
    pub content_type: String,
    /// Its length in bytes.
    pub size: i64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}
