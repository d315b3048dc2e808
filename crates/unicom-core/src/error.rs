//! Errors of storing messages and of changing channels and other managed objects.

use unicom_db::DbError;
use unicom_models::{ChannelId, ChatId, MessageId, PlatformKind, RequestId};

/// An error of storing a message or changing a channel or another managed object.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CoreError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No platform of this name is registered in this process.
    #[error("platform `{platform}` is not registered: expected one of {choices}")]
    UnknownPlatform {
        /// The requested platform.
        platform: PlatformKind,
        /// The registered platforms, separated by commas.
        choices: String,
    },
    /// The configuration of the channel is invalid.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The provider of the channel's platform was asked, and the channel cannot work.
    #[error("the channel cannot work: {0}")]
    ProbeFailed(String),
    /// The channel does not exist.
    #[error("channel `{0}` does not exist")]
    ChannelNotFound(ChannelId),
    /// The channel is switched off, or its validation failed.
    #[error("channel `{0}` is not active")]
    ChannelInactive(ChannelId),
    /// The chat does not exist on the channel.
    #[error("chat `{0}` does not exist on this channel")]
    ChatNotFound(ChatId),
    /// A field of a managed object is invalid.
    #[error("`{field}` {problem}")]
    Invalid {
        /// The name of the field.
        field: &'static str,
        /// What the field must be, worded to follow its name.
        problem: String,
    },
    /// A managed object does not exist.
    #[error("{what} `{id}` does not exist")]
    NotFound {
        /// The kind of object, such as `category`.
        what: &'static str,
        /// The requested id or name.
        id: String,
    },
    /// The state of a managed object does not allow the change.
    #[error("{what} `{id}` {problem}")]
    Conflict {
        /// The kind of object, such as `request`.
        what: &'static str,
        /// Its id or name.
        id: String,
        /// What prevents the change, worded to follow the id.
        problem: String,
    },
    /// Another person holds the chat.
    #[error("chat `{chat_id}` is held by {name}: `force` takes it nevertheless")]
    ChatTaken {
        /// The chat.
        chat_id: ChatId,
        /// The name of the person.
        name: String,
    },
    /// The anchor of a page is not a message of the chat.
    #[error("`before`, `after` and `around` must be the id of a message of this chat")]
    InvalidCursor,
    /// No request with this id exists for the token.
    #[error("request `{0}` does not exist")]
    RequestNotFound(RequestId),
    /// The request was answered or given up in the meantime.
    #[error("request `{0}` has ended")]
    RequestEnded(RequestId),
    /// The message to reply to does not exist in the chat.
    #[error("message `{0}` does not exist in this chat")]
    ReplyNotFound(MessageId),
    /// The message has neither text nor media.
    #[error("the message is empty: it needs a text, HTML or media")]
    EmptyMessage,
    /// A text contains a NUL character, which PostgreSQL cannot store.
    #[error("`{field}` has a NUL character")]
    Nul {
        /// The name of the field.
        field: &'static str,
    },
    /// A text or HTML exceeds a limit.
    #[error("`{field}` is too large: expected {limit}")]
    TooLarge {
        /// The name of the field.
        field: &'static str,
        /// The limit, worded to follow "expected".
        limit: String,
    },
    /// The buttons of a message are invalid.
    #[error("invalid buttons: {0}")]
    Buttons(String),
    /// The button has expired.
    #[error("the button has expired")]
    ButtonExpired,
    /// The sender has already used this client message id for other content.
    #[error("`client_message_id` `{client_message_id}` was used for another message")]
    IdempotencyConflict {
        /// The client message id.
        client_message_id: String,
    },
}

impl CoreError {
    /// Returns a stable code for programs, such as `chat_not_found`. The HTTP API answers it as
    /// `code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Db(DbError::NotWritable { .. }) => "storage_full",
            Self::Db(error) if error.is_temporary() => "busy",
            Self::Db(_) => "internal",
            Self::UnknownPlatform { .. }
            | Self::Channel(_)
            | Self::ProbeFailed(_)
            | Self::Invalid { .. }
            | Self::Buttons(_) => "invalid_body",
            Self::ChannelNotFound(_) | Self::ChannelInactive(_) => "no_channel",
            Self::ChatNotFound(_) => "chat_not_found",
            Self::NotFound { .. } | Self::RequestNotFound(_) | Self::ReplyNotFound(_) => {
                "not_found"
            }
            Self::Conflict { .. } => "conflict",
            Self::ChatTaken { .. } => "chat_taken",
            Self::InvalidCursor => "invalid_cursor",
            Self::RequestEnded(_) => "request_ended",
            Self::EmptyMessage => "empty_message",
            Self::Nul { .. } => "invalid_text",
            Self::TooLarge { .. } => "too_large",
            Self::ButtonExpired => "button_expired",
            Self::IdempotencyConflict { .. } => "idempotency_conflict",
        }
    }

    /// Returns `true` if an unchanged retry may succeed later, as when the database is busy.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_temporary())
    }

    pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            problem: problem.into(),
        }
    }

    /// Creates the error for a managed object that does not exist. `what` is its kind.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }

    /// Creates the error for a managed object whose state does not allow the change. `problem`
    /// follows its kind and id in a sentence.
    pub fn conflict(what: &'static str, id: impl ToString, problem: impl Into<String>) -> Self {
        Self::Conflict {
            what,
            id: id.to_string(),
            problem: problem.into(),
        }
    }
}

/// Describes what is wrong with the configuration of a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid channel configuration: {0}")]
pub struct ChannelError(pub String);
