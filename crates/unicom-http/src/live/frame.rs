//! [`Frame`]: what the server tells a client.

use serde::Serialize;
use unicom_db::StreamEnd;
use unicom_models::{Author, ChatId, MessageId, UtcTime};
use unicom_webchat::{Changes, Cursor};
use utoipa::ToSchema;

use super::encoded_frame::EncodedFrame;
use crate::ApiError;
use crate::file_urls::FileUrls;
use crate::json::{ChatJson, HolderJson, MessageJson, ParticipantJson};

/// What the server tells a client: one text frame of a WebSocket, or one Server-Sent Event, whose
/// name is `type`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveFrame)]
pub(super) enum Frame<'a> {
    /// The first frame of a connection that follows the list of chats.
    Hello {
        /// The visitor's chats, latest activity first, at most 100.
        chats: Vec<ChatJson>,
        /// Whether the visitor has more chats: `webchat/chats/` lists them.
        has_more: bool,
        /// The number of unread messages in all chats.
        unread_total: i64,
        /// How many seconds may pass until the server sends something.
        heartbeat_s: u64,
    },
    /// A chat that is new or has changed.
    Chat { chat: Box<ChatJson> },
    /// The number of unread messages in all chats, when it has changed.
    Unread { unread_total: i64 },
    /// The visitor no longer takes part in the chat, or it was deleted.
    ChatGone { chat_id: &'a ChatId },
    /// What has changed in a chat.
    Changes {
        chat_id: &'a ChatId,
        /// The cursor after these changes.
        cursor: String,
        items: Vec<Item<'a>>,
    },
    /// The chat has to be read again, because it was rewritten or too much has changed. What
    /// changes afterwards follows.
    Reset {
        chat_id: &'a ChatId,
        /// The cursor after the chat was read again.
        cursor: String,
    },
    /// Someone begins or stops to write in a chat that the client follows. An author who has begun
    /// and is not named again for 10 seconds has stopped.
    Typing {
        chat_id: &'a ChatId,
        author: &'a Author,
        is_typing: bool,
    },
    /// What a bot has written of a reply in a chat that the client follows.
    ///
    /// The text from `offset` on is replaced: at 0, the client gets the whole text so far. The
    /// finished reply is a message with the id `stream_id`, which comes in `changes` and replaces
    /// the text; then `done` or `stopped` follows. Without that message, nothing remains.
    Stream {
        chat_id: &'a ChatId,
        /// The id that the finished message gets.
        stream_id: MessageId,
        /// The length of the text before this piece, in UTF-16 code units.
        offset: usize,
        /// Plain text.
        text: String,
        state: StreamState,
    },
    /// The connection stays open until this time, by another token.
    Renewed { expires_at: UtcTime },
    /// The answer to `ping`.
    Pong,
    /// A message of the client was refused.
    Error { code: &'static str, error: String },
}

/// The state of a reply that a bot is writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StreamState {
    /// The bot writes.
    Open,
    /// The reply has ended. If there is no message with its id, the bot has failed or replied
    /// nothing.
    Done,
    /// A participant has stopped the reply.
    Stopped,
}

impl From<StreamEnd> for StreamState {
    fn from(end: StreamEnd) -> Self {
        match end {
            StreamEnd::Done => Self::Done,
            StreamEnd::Stopped => Self::Stopped,
        }
    }
}

/// Something in a chat that is new or has changed, in its present state.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = EventItem)]
pub(super) enum Item<'a> {
    /// A message that is new or has changed.
    Message { message: Box<MessageJson<'a>> },
    /// A message that was deleted. The client may not know it.
    MessageDeleted { id: MessageId },
    /// How far a participant has got and read the messages.
    Participant(ParticipantJson<'a>),
    /// Who answers in the chat, when it changes.
    Holder {
        /// `null` if neither a bot nor a person does.
        holder: Option<HolderJson>,
    },
}

impl<'a> Item<'a> {
    /// Returns the items of what has changed in the chat for this reader, and the cursor after
    /// them, or `None` instead of the items if the chat has to be read again.
    pub fn of(
        urls: &FileUrls<'_>,
        chat_id: &'a ChatId,
        changes: &'a Changes,
    ) -> (Option<Vec<Self>>, &'a Cursor) {
        match changes {
            Changes::Applied {
                messages,
                files,
                deleted,
                participants,
                holder,
                statuses,
                cursor,
            } => {
                let messages = messages.iter().map(|message| {
                    let files = files.get(&message.id).map_or(&[][..], Vec::as_slice);
                    let message = MessageJson::new(urls, chat_id, message, files, statuses);
                    Self::Message {
                        message: Box::new(message),
                    }
                });
                let deleted = deleted.iter().map(|id| Self::MessageDeleted { id: *id });
                let participants = participants.iter().map(|participant| {
                    Self::Participant(ParticipantJson::new(statuses, participant))
                });
                let holder = holder.clone().map(|holder| Self::Holder {
                    holder: holder.map(HolderJson::from),
                });
                let items = messages.chain(deleted).chain(participants).chain(holder);
                (Some(items.collect()), cursor)
            }
            Changes::Reset(cursor) => (None, cursor),
        }
    }
}

impl<'a> Frame<'a> {
    /// Returns the frame that tells what has changed in the chat.
    pub fn of(urls: &FileUrls<'_>, chat_id: &'a ChatId, changes: &'a Changes) -> Self {
        let (items, cursor) = Item::of(urls, chat_id, changes);
        let cursor = cursor.to_string();
        match items {
            Some(items) => Self::Changes {
                chat_id,
                cursor,
                items,
            },
            None => Self::Reset { chat_id, cursor },
        }
    }

    /// Returns the frame as text.
    pub fn encode(&self) -> Result<EncodedFrame, ApiError> {
        let (event, id) = match self {
            Self::Hello { .. } => ("hello", None),
            Self::Chat { .. } => ("chat", None),
            Self::Unread { .. } => ("unread", None),
            Self::ChatGone { .. } => ("chat_gone", None),
            Self::Changes { cursor, .. } => ("changes", Some(cursor.as_str().into())),
            Self::Reset { cursor, .. } => ("reset", Some(cursor.as_str().into())),
            Self::Typing { .. } => ("typing", None),
            Self::Stream { .. } => ("stream", None),
            Self::Renewed { .. } => ("renewed", None),
            Self::Pong => ("pong", None),
            Self::Error { .. } => ("error", None),
        };
        let json = serde_json::to_string(self).map_err(ApiError::unexpected)?;
        Ok(EncodedFrame {
            event,
            id,
            json: json.into(),
        })
    }
}
