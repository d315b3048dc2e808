//! A message that a visitor writes.

use serde_json::{Map, Value};
use unicom_models::{ChatId, MediaType, MessageId, StoredMedia};

use crate::{Claims, MediaQuota};

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
    /// What the visitor says about themselves, stored with the account in the place of what they
    /// said before. See [`Claims`].
    pub claims: Option<Claims>,
    /// Maximum total size of files. Defaults to no limit. A message without a file is always
    /// allowed.
    pub media_quota: MediaQuota,
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
