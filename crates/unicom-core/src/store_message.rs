//! Storing a message, incoming or outgoing: its content, its time in the chat, the counters.

use unicom_db::{
    Event, LockedChat, Tx,
    queries::{chat_counters, message_details, messages},
};
use unicom_models::{
    AuthorKind, ChannelId, Chat, ChatId, Direction, MediaType, Message, MessageDetails,
    StoredMedia, UtcTime,
};

use crate::{CoreError, html::CleanHtml, text::has_visible, validation::check_nul};

/// Maximum size of a message's text in bytes.
pub const LONGEST_TEXT: usize = 256 << 10;

/// The content of a message, ready to be stored: HTML always has a plain text version.
pub(crate) struct Content {
    text: String,
    html: Option<String>,
    media_type: MediaType,
    media: Option<StoredMedia>,
}

/// A message that is ready to be stored, with what few messages have.
pub(crate) struct Composed {
    pub message: Message,
    pub details: MessageDetails,
}

impl Content {
    /// Validates text, HTML and media.
    ///
    /// If there is HTML but no text, the text is taken from the HTML.
    ///
    /// # Errors
    /// [`CoreError::EmptyMessage`] if all three are empty to a reader, [`CoreError::Nul`],
    /// [`CoreError::TooLarge`] for a text over 256 KiB.
    pub fn new(
        text: String,
        html: Option<CleanHtml>,
        media: Option<(MediaType, StoredMedia)>,
    ) -> Result<Self, CoreError> {
        let content = Self::with_files(text, html, media)?;
        match content.media_type {
            MediaType::File if content.media.is_none() => Err(CoreError::EmptyMessage),
            _ => Ok(content),
        }
    }

    /// Validates the content of a message with files that are still at the provider. It may be
    /// empty otherwise.
    ///
    /// # Errors
    /// The other errors of [`Content::new`].
    pub fn with_files(
        text: String,
        html: Option<CleanHtml>,
        media: Option<(MediaType, StoredMedia)>,
    ) -> Result<Self, CoreError> {
        check_nul("text", Some(&text))?;
        if text.len() > LONGEST_TEXT {
            return Err(CoreError::TooLarge {
                field: "text",
                limit: format!("at most {LONGEST_TEXT} bytes"),
            });
        }
        // HTML without visible content is dropped.
        let html = html.filter(|html| !html.is_empty());
        let (media_type, media) = match media {
            Some((media_type, media)) => (media_type, Some(media)),
            None if html.is_some() => (MediaType::Html, None),
            None if !has_visible(&text) => (MediaType::File, None),
            None => (MediaType::Text, None),
        };
        let (html, html_text) = html.map(CleanHtml::into_parts).unzip();
        let text = match html_text {
            Some(html_text) if !has_visible(&text) => html_text,
            _ => text,
        };
        Ok(Self {
            text,
            html,
            media_type,
            media,
        })
    }

    /// Creates a message of the chat that is later than all its other messages.
    ///
    /// The caller fills in the sender.
    pub fn into_message(self, tx: &Tx<'_>, chat: &Chat, direction: Direction) -> Message {
        let timestamp = tx.now().max(chat.last_activity_at.next());
        self.written(timestamp, chat.id.clone(), chat.channel_id, direction)
    }

    /// Returns what few messages have, for a message with this author or the usual one.
    pub fn details(&self, author: Option<AuthorKind>) -> MessageDetails {
        MessageDetails {
            author,
            measures: self
                .media
                .as_ref()
                .map(|media| media.measures)
                .unwrap_or_default(),
        }
    }

    /// Returns the text, the HTML and the type of the content.
    pub fn into_text(self) -> (String, Option<String>, MediaType) {
        (self.text, self.html, self.media_type)
    }

    /// Creates a message with the given time, chat and channel. The caller fills in the sender.
    pub fn written(
        self,
        timestamp: UtcTime,
        chat_id: ChatId,
        channel_id: ChannelId,
        direction: Direction,
    ) -> Message {
        let mut message = Message::new(chat_id, channel_id, direction, timestamp);
        message.text = self.text;
        message.html = self.html;
        message.media_type = self.media_type;
        if let Some(media) = self.media {
            message.media_key = Some(media.key);
            message.media_name = Some(media.name);
            message.media_content_type = Some(media.content_type);
            message.media_size = Some(media.size);
            message.media_sha256 = Some(media.sha256);
        }
        message
    }
}

/// Stores a message at the end of the chat, updates its unread counters and emits an event.
pub(crate) fn store(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    Composed { message, details }: &Composed,
    chat_name: Option<&str>,
) -> Result<(), CoreError> {
    messages::insert(tx, chat, message)?;
    message_details::insert(tx, chat, message, details)?;
    chat_counters::note_message(tx, chat, message, chat_name)?;
    if message.direction != Direction::Internal {
        chat_counters::count_unread(tx, chat, message.sender_id.as_ref())?;
    }
    tx.emit(Event::MessageSaved {
        chat_id: message.chat_id.clone(),
        message_id: message.id,
        direction: message.direction,
    });
    Ok(())
}
