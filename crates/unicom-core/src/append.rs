//! What storing a message has in common, whichever way it goes.

use unicom_db::{
    Event, Tx,
    queries::{chats, messages},
};
use unicom_models::{ChannelId, Chat, ChatId, Direction, MediaType, Message, StoredMedia, UtcTime};

use crate::{CoreError, html::CleanHtml};

/// Bytes of a message's text at the most.
pub(crate) const LONGEST_TEXT: usize = 256 << 10;

/// What a message says, ready to be stored: with a plain text beside its HTML.
pub(crate) struct Content {
    text: String,
    html: Option<String>,
    media_type: MediaType,
    media: Option<StoredMedia>,
}

impl Content {
    /// Takes text, HTML and media as they came.
    ///
    /// # Errors
    /// [`CoreError::EmptyMessage`] where a reader would see nothing of the three, [`CoreError::Nul`],
    /// [`CoreError::TooLarge`] for a text over 256 KiB.
    pub fn new(
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
        // Nothing to see is no HTML: a file or a text beside it says it all.
        let html = html.filter(|html| !html.is_empty());
        if text.trim().is_empty() && html.is_none() && media.is_none() {
            return Err(CoreError::EmptyMessage);
        }
        let (media_type, media) = match media {
            Some((media_type, media)) => (media_type, Some(media)),
            None if html.is_some() => (MediaType::Html, None),
            None => (MediaType::Text, None),
        };
        let (html, html_text) = html.map(CleanHtml::into_parts).unzip();
        let text = match html_text {
            Some(html_text) if text.trim().is_empty() => html_text,
            _ => text,
        };
        Ok(Self {
            text,
            html,
            media_type,
            media,
        })
    }

    /// A new message of the chat, later than every other; who wrote it is for the caller to fill in.
    pub fn into_message(self, tx: &Tx<'_>, chat: &Chat, direction: Direction) -> Message {
        let timestamp = tx.now().max(chat.last_activity_at.next());
        self.written(timestamp, chat.id.clone(), chat.channel_id, direction)
    }

    /// A new message written there at that time; who wrote it is for the caller to fill in.
    pub fn written(
        self,
        timestamp: UtcTime,
        chat_id: ChatId,
        channel_id: ChannelId,
        direction: Direction,
    ) -> Message {
        let media = self.media;
        Message {
            text: self.text,
            html: self.html,
            media_type: self.media_type,
            media_key: media.as_ref().map(|media| media.key.clone()),
            media_name: media.as_ref().map(|media| media.name.clone()),
            media_content_type: media.as_ref().map(|media| media.content_type.clone()),
            media_size: media.as_ref().map(|media| media.size),
            media_sha256: media.map(|media| media.sha256),
            ..Message::new(chat_id, channel_id, direction, timestamp)
        }
    }
}

/// Stores `message` at the end of the (locked) chat, counts it, and tells of it.
pub(crate) fn store(
    tx: &mut Tx<'_>,
    chat: &Chat,
    message: &Message,
    chat_name: Option<&str>,
) -> Result<(), CoreError> {
    messages::insert(tx, message)?;
    chats::note_message(tx, chat, message, chat_name)?;
    if message.direction != Direction::Internal {
        chats::count_unread(tx, &chat.id, message.sender_id.as_ref())?;
    }
    tx.emit(Event::MessageSaved {
        chat_id: message.chat_id.clone(),
        message_id: message.id,
        direction: message.direction,
    });
    Ok(())
}

/// Refuses a text with a NUL character, which PostgreSQL cannot keep.
pub(crate) fn check_nul(field: &'static str, text: Option<&String>) -> Result<(), CoreError> {
    if text.is_some_and(|text| text.contains('\0')) {
        Err(CoreError::Nul { field })
    } else {
        Ok(())
    }
}
