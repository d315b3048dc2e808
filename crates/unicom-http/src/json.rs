//! Messages and chats as clients see them.

use serde::Serialize;
use serde_json::Value;
use unicom_db::queries::chat_list::{LastMessage, ListedChat};
use unicom_db::queries::holders::ShownHolder;
use unicom_db::queries::message_status::Statuses;
use unicom_db::queries::read_positions::ParticipantPosition;
use unicom_models::{
    AuthorKind, ChannelId, ChatId, ChatRating, ChatState, Direction, HolderKind, MediaMeasures,
    MediaType, MessageFile, MessageId, MessageStatus, PlatformKind, UtcTime, VisibleMessage,
};
use utoipa::ToSchema;

use crate::buttons_json::ButtonsJson;
use crate::file_urls::FileUrls;

/// A message as clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageJson<'a> {
    id: MessageId,
    chat_id: &'a ChatId,
    text: &'a str,
    html: Option<&'a str>,
    is_outgoing: bool,
    sender_name: &'a str,
    timestamp: UtcTime,
    media_type: MediaType,
    /// A path on this server.
    media_url: Option<String>,
    /// The further files of the message.
    files: Vec<FileJson>,
    reply_to_message_id: Option<MessageId>,
    client_message_id: Option<&'a str>,
    interactive_buttons: Option<ButtonsJson>,
    /// When the message was last edited.
    edited_at: Option<UtcTime>,
    author: AuthorJson<'a>,
    /// What has become of the message. One of the visitor is `seen` when another participant has
    /// read it, or when a bot or the team has written after it; any other when the visitor has read
    /// it.
    status: MessageStatus,
    /// The file at `media_url`.
    media: Option<MediaJson<'a>>,
    /// Whether the message is in the requested branch. Only on pages of a branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub in_branch: Option<bool>,
}

impl<'a> MessageJson<'a> {
    /// Creates the JSON form of a message of the chat with its further files.
    pub fn new(
        urls: &FileUrls<'_>,
        chat_id: &'a ChatId,
        message: &'a VisibleMessage,
        files: &[MessageFile],
        statuses: &Statuses,
    ) -> Self {
        Self {
            id: message.id,
            chat_id,
            text: &message.text,
            html: message.html.as_deref(),
            is_outgoing: message.direction == Direction::Outgoing,
            sender_name: &message.sender_name,
            timestamp: message.timestamp,
            media_type: message.media_type,
            media_url: message
                .media_name
                .as_deref()
                .map(|name| urls.url(message.id, name, None)),
            files: FileJson::all(urls, files),
            reply_to_message_id: message.reply_to_message_id,
            client_message_id: message.client_message_id.as_deref(),
            interactive_buttons: message
                .interactive_buttons
                .as_ref()
                .and_then(ButtonsJson::new),
            edited_at: message.edited_at,
            author: AuthorJson {
                kind: message.author_kind(),
                name: &message.sender_name,
                avatar_url: None,
                is_self: statuses.is_own(message),
            },
            status: statuses.of(message),
            media: MediaJson::new(message),
            in_branch: None,
        }
    }
}

/// Who wrote a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageAuthor)]
struct AuthorJson<'a> {
    kind: AuthorKind,
    name: &'a str,
    /// An image of the author. Null if there is none.
    avatar_url: Option<&'a str>,
    /// Whether the author is the visitor.
    is_self: bool,
}

/// The file of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Media)]
struct MediaJson<'a> {
    name: &'a str,
    content_type: &'a str,
    /// In bytes.
    size: i64,
    /// Width of an image in pixels.
    width: Option<i32>,
    /// Height of an image in pixels.
    height: Option<i32>,
    /// Null if it is not known.
    duration_ms: Option<i64>,
}

impl<'a> MediaJson<'a> {
    fn new(message: &'a VisibleMessage) -> Option<Self> {
        let MediaMeasures {
            width,
            height,
            duration_ms,
        } = message.measures();
        Some(Self {
            name: message.media_name.as_deref()?,
            content_type: message.media_content_type.as_deref()?,
            size: message.media_size?,
            width,
            height,
            duration_ms,
        })
    }
}

/// How far a participant has got and read the messages of a chat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReadPosition)]
pub(crate) struct ParticipantJson<'a> {
    /// Whether the participant is the visitor.
    is_self: bool,
    name: &'a str,
    /// The time of the newest message that a client of the participant has received.
    delivered_up_to: Option<UtcTime>,
    /// The time of the newest message that the participant has read.
    read_up_to: Option<UtcTime>,
}

impl<'a> ParticipantJson<'a> {
    pub fn new(statuses: &Statuses, participant: &'a ParticipantPosition) -> Self {
        Self {
            is_self: statuses.is_readers(participant),
            name: &participant.name,
            delivered_up_to: participant.position.delivered_message_at,
            read_up_to: participant.position.read_message_at,
        }
    }

    /// Returns the positions of all participants who have one.
    pub fn all(statuses: &'a Statuses) -> Vec<Self> {
        let participants = statuses.participants.iter();
        participants
            .map(|participant| Self::new(statuses, participant))
            .collect()
    }
}

/// A further file of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub(crate) struct FileJson {
    name: String,
    media_type: MediaType,
    /// A path on this server.
    media_url: String,
    media_content_type: String,
    media_size: i64,
}

impl FileJson {
    /// Creates the JSON form of the files that are in the media store.
    pub fn all(urls: &FileUrls<'_>, files: &[MessageFile]) -> Vec<Self> {
        let json = |file: &MessageFile| {
            let media = file.media()?;
            Some(Self {
                media_url: urls.url(file.message_id, &media.name, Some(file.seq)),
                media_type: match media.content_type.split('/').next() {
                    Some("image") => MediaType::Image,
                    Some("audio") => MediaType::Audio,
                    Some("video") => MediaType::Video,
                    _ => MediaType::File,
                },
                name: media.name,
                media_content_type: media.content_type,
                media_size: media.size,
            })
        };
        files.iter().filter_map(json).collect()
    }
}

/// A chat as clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedChat)]
pub(crate) struct ChatJson {
    id: ChatId,
    name: Option<String>,
    platform: PlatformKind,
    channel_id: ChannelId,
    is_private: bool,
    is_archived: bool,
    #[schema(value_type = Object)]
    metadata: Value,
    created_at: UtcTime,
    /// Number of messages that the reader received since last writing in the chat or marking it
    /// read.
    unread_count: i64,
    last_message: Option<LastMessageJson>,
    /// Who answers in the chat; `null` if neither a bot nor a person does.
    holder: Option<HolderJson>,
    state: ChatState,
    /// When the chat was ended; `null` while it is open.
    ended_at: Option<UtcTime>,
    /// How the visitor has rated the chat.
    rating: Option<RatingJson>,
    /// The number of the last change in the chat: higher after each change.
    change: i64,
}

/// How a visitor has rated a chat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rating)]
pub(crate) struct RatingJson {
    /// From 1, the worst, to 5.
    score: i32,
    comment: Option<String>,
    rated_at: UtcTime,
}

impl From<ChatRating> for RatingJson {
    fn from(rating: ChatRating) -> Self {
        Self {
            score: rating.score,
            comment: rating.comment,
            rated_at: rating.rated_at,
        }
    }
}

/// Who answers in a chat, as visitors see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Holder)]
pub(crate) struct HolderJson {
    kind: AnswererKind,
    /// The name in messages; `null` while it is not known which person will answer.
    name: Option<String>,
}

/// What answers.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AnswererKind {
    Bot,
    /// A person of the team.
    Staff,
}

impl From<ShownHolder> for HolderJson {
    fn from(holder: ShownHolder) -> Self {
        Self {
            kind: match holder.kind {
                HolderKind::Bot => AnswererKind::Bot,
                _ => AnswererKind::Staff,
            },
            name: holder.name,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LastMessage)]
struct LastMessageJson {
    id: MessageId,
    /// Empty for a file without a text.
    text: String,
    media_type: MediaType,
    /// The name of the file, if there is one.
    media_name: Option<String>,
    timestamp: UtcTime,
    is_outgoing: bool,
    sender_name: String,
}

impl From<ListedChat> for ChatJson {
    fn from(
        ListedChat {
            chat,
            unread_count,
            last_message,
            holder,
            rating,
        }: ListedChat,
    ) -> Self {
        Self {
            state: chat.state(),
            ended_at: chat.ended_at,
            rating: rating.map(RatingJson::from),
            id: chat.id,
            name: chat.name,
            platform: chat.platform,
            channel_id: chat.channel_id,
            is_private: chat.is_private,
            is_archived: chat.is_archived,
            metadata: chat.metadata,
            created_at: chat.created_at,
            unread_count,
            last_message: last_message.map(LastMessageJson::from),
            holder: holder.map(HolderJson::from),
            change: chat.change,
        }
    }
}

impl From<LastMessage> for LastMessageJson {
    fn from(message: LastMessage) -> Self {
        Self {
            id: message.id,
            text: message.text,
            media_type: message.media_type,
            media_name: message.media_name,
            timestamp: message.timestamp,
            is_outgoing: message.direction == Direction::Outgoing,
            sender_name: message.sender_name,
        }
    }
}
