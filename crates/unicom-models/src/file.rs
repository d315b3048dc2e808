//! Files of messages, besides the one that is part of the message.

use diesel::prelude::*;
use serde_json::Value;

use crate::text_enum::text_enum;
use crate::{MediaMeasures, MessageId, StoredMedia, UtcTime, schema};

text_enum! {
    /// Where the file of a message is.
    pub enum FileState ("file state") {
        /// In the media store.
        Ready => "ready",
        /// At the provider, to be fetched.
        Waiting => "waiting",
        /// Nowhere: it could not be fetched.
        Gone => "gone",
    }
}

/// A file of a message: one that is being fetched or is missing, or one that comes after the file
/// that is part of the message.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::unicom_files)]
#[diesel(primary_key(message_id, seq))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
#[non_exhaustive]
pub struct MessageFile {
    /// The message.
    pub message_id: MessageId,
    /// The position of the file among those that came with the message, from 0.
    pub seq: i32,
    /// Where the file is.
    pub state: FileState,
    /// What the platform needs to fetch the file.
    pub reference: Value,
    /// The key of the file in the media store. Never shown to a client.
    pub key: Option<String>,
    /// The name of the file: that of the sender, and a safe one once the file is ready.
    pub name: Option<String>,
    /// The MIME type of the file, detected from its content.
    pub content_type: Option<String>,
    /// The size of the file in bytes: that of the provider until the file is ready.
    pub size: Option<i64>,
    /// SHA-256 of the file's content, in hexadecimal: that of the provider until the file is ready.
    pub sha256: Option<String>,
    /// The id by which the HTML of the message refers to the file.
    pub content_id: Option<String>,
    /// Whether the file belongs into the text, such as a picture in a letter.
    pub is_inline: bool,
    /// The number of attempts to fetch the file that failed.
    pub attempts: i32,
    /// When the file is fetched next, while it waits.
    pub due_at: Option<UtcTime>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

impl MessageFile {
    /// Creates a file that waits to be fetched from `due` on.
    pub fn new(message_id: MessageId, seq: i32, reference: Value, due: UtcTime) -> Self {
        Self {
            message_id,
            seq,
            state: FileState::Waiting,
            reference,
            key: None,
            name: None,
            content_type: None,
            size: None,
            sha256: None,
            content_id: None,
            is_inline: false,
            attempts: 0,
            due_at: Some(due),
            error: None,
        }
    }

    /// Returns the file in the media store. Returns `None` if it is not there.
    pub fn media(&self) -> Option<StoredMedia> {
        Some(StoredMedia {
            key: self.key.clone()?,
            name: self.name.clone()?,
            content_type: self.content_type.clone()?,
            size: self.size?,
            sha256: self.sha256.clone()?,
            measures: MediaMeasures::default(),
        })
    }

    /// Notes that the file is in the media store.
    pub fn set_ready(&mut self, media: StoredMedia) {
        self.state = FileState::Ready;
        self.key = Some(media.key);
        self.name = Some(media.name);
        self.content_type = Some(media.content_type);
        self.size = Some(media.size);
        self.sha256 = Some(media.sha256);
        (self.due_at, self.error) = (None, None);
    }
}
