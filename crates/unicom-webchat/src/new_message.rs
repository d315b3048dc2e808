//! A message that a visitor writes, and the outcome of saving it.

use serde_json::{Map, Value};
use unicom_models::{ChatId, MediaType, Message, MessageId, StoredMedia};

use crate::MediaQuota;

/// A message that a visitor writes.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    /// The text. It is trimmed when it is stored. May be empty if the message has a file.
    pub text: String,
    /// The id of the chat. Defaults to the account's default chat, which is created if it does not
    /// exist.
    pub chat_id: Option<ChatId>,
    /// The file and its kind. The file must already be in the media store.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The id of the message that this one replies to. It must be in the same chat.
    pub reply_to_message_id: Option<MessageId>,
    /// The client's id of the message. Sending it again from the same account stores nothing.
    pub client_message_id: Option<String>,
    /// Metadata of the chat that this message creates. See
    /// [`check_metadata`](crate::check_metadata) for its limits.
    pub metadata: Option<Map<String, Value>>,
    /// Maximum total size of files. Defaults to no limit. A message without a file is always
    /// allowed.
    pub media_quota: MediaQuota,
}

/// The result of saving a visitor's message.
#[derive(Debug, Clone)]
pub enum Saved {
    /// The message and its request were stored.
    New(Message),
    /// The message had already been stored with the same `client_message_id`. Nothing was stored
    /// now.
    Replayed(Message),
}

impl NewMessage {
    /// Creates a plain text message for the default chat.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Sets the chat the message is sent to. Defaults to the account's default chat.
    #[must_use]
    pub fn in_chat(self, chat_id: impl Into<ChatId>) -> Self {
        Self {
            chat_id: Some(chat_id.into()),
            ..self
        }
    }
}

impl Saved {
    /// Returns the message, whether it was stored now or before.
    pub fn into_message(self) -> Message {
        match self {
            Self::New(message) | Self::Replayed(message) => message,
        }
    }

    /// Returns the message, whether it was stored now or before.
    pub fn message(&self) -> &Message {
        match self {
            Self::New(message) | Self::Replayed(message) => message,
        }
    }
}
