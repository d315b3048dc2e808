//! `CoreError`: what can go wrong when a message is stored or a channel is changed.

use unicom_db::DbError;
use unicom_models::{ChannelId, ChatId, MessageId, PlatformKind, RequestId};

/// What can go wrong when a message is stored or a channel is changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CoreError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No platform of that name is registered in this process.
    #[error("platform `{platform}` is not registered: expected one of {choices}")]
    UnknownPlatform {
        /// The platform asked for.
        platform: PlatformKind,
        /// The registered ones, separated by commas.
        choices: String,
    },
    /// The channel's configuration is wrong.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// There is no such channel.
    #[error("channel `{0}` does not exist")]
    ChannelNotFound(ChannelId),
    /// The channel is switched off, or its validation failed.
    #[error("channel `{0}` is not active")]
    ChannelInactive(ChannelId),
    /// There is no such chat on the channel.
    #[error("chat `{0}` does not exist on this channel")]
    ChatNotFound(ChatId),
    /// Something that is managed is not what it may be.
    #[error("`{field}` {problem}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What it must be, to follow the field's name.
        problem: String,
    },
    /// Something that is managed is not there.
    #[error("{what} `{id}` does not exist")]
    NotFound {
        /// What kind of thing, such as `category`.
        what: &'static str,
        /// The id or name that was asked for.
        id: String,
    },
    /// There is no such request for this token.
    #[error("request `{0}` does not exist")]
    RequestNotFound(RequestId),
    /// The request was answered or given up meanwhile.
    #[error("request `{0}` has ended")]
    RequestEnded(RequestId),
    /// The message to reply to is not one of the chat's.
    #[error("message `{0}` does not exist in this chat")]
    ReplyNotFound(MessageId),
    /// The message has neither text nor media.
    #[error("the message is empty: it needs a text, HTML or media")]
    EmptyMessage,
    /// A text has a NUL character, which PostgreSQL cannot keep.
    #[error("`{field}` has a NUL character")]
    Nul {
        /// The field that has it.
        field: &'static str,
    },
    /// A text or HTML is over a limit.
    #[error("`{field}` is too large: expected {limit}")]
    TooLarge {
        /// The field.
        field: &'static str,
        /// What it may have, to follow "expected".
        limit: String,
    },
    /// The buttons under a message are not what they may be.
    #[error("invalid buttons: {0}")]
    Buttons(String),
    /// The button could be clicked until a time that has passed.
    #[error("the button has expired")]
    ButtonExpired,
    /// The sender used the same client message id before, for another content.
    #[error("`client_message_id` `{client_message_id}` was used for another message")]
    IdempotencyConflict {
        /// The id.
        client_message_id: String,
    },
}

impl CoreError {
    pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            problem: problem.into(),
        }
    }

    pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }
}

/// What is wrong with a channel's configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid channel configuration: {0}")]
pub struct ChannelError(pub String);
