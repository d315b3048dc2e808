//! `WebChatError`: reasons to refuse a visitor's request.

use unicom_core::CoreError;
use unicom_db::DbError;

/// Why a visitor's request was refused. A chat that belongs to another account and a chat that does
/// not exist give the same error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebChatError {
    /// There is no active web chat channel, or the requested channel is not one.
    #[error("there is no active WebChat channel here")]
    NoChannel,
    /// The visitor has no chat with this id.
    #[error("there is no such chat")]
    ChatNotFound,
    /// The visitor has no message or file with this id.
    #[error("there is no such message or file")]
    NotFound,
    /// The time for which the channel lets visitors edit and delete a message is over.
    #[error("this message can no longer be changed")]
    TooLate,
    /// The account is blocked. It can neither write nor read.
    #[error("this account is blocked")]
    AccountBlocked,
    /// The guest logged in before the request arrived. The guest's session has ended, and its data
    /// belongs to the user.
    #[error("this guest has logged in, and the guest's session has ended")]
    GuestLoggedIn,
    /// What the guest has written belongs to another user already.
    #[error("this guest's messages belong to another user already")]
    GuestTaken,
    /// The visitor has no button with this id. The error does not reveal whether another account
    /// has it.
    #[error("there is no such button in the visitor's chats")]
    NotYourButton,
    /// The anchor of the page is not a message of the chat.
    #[error("`before`, `after` and `around` must be the id of a message of this chat")]
    InvalidCursor,
    /// The chat cannot be rated, since neither a bot nor a person has answered in it.
    #[error("a chat can be rated once it has a reply")]
    NotAnswered,
    /// A field has an invalid value.
    #[error("`{field}` {problem}")]
    InvalidField {
        /// The name of the field.
        field: &'static str,
        /// What is wrong. Follows the name in the message.
        problem: &'static str,
    },
    /// The channel does not accept files of this type.
    #[error(
        "a file of the type {content_type} is not accepted here{}",
        if accepted.is_empty() { ": send a text".to_owned() } else { format!(": send one of {accepted}") }
    )]
    FileNotAccepted {
        /// The MIME type of the file.
        content_type: String,
        /// The extensions of the types that are accepted.
        accepted: String,
    },
    /// The account's files have reached their quota, or would exceed it with this file.
    #[error(
        "the files of an account may have at most {quota} bytes in total, and this file would exceed that"
    )]
    QuotaExceeded {
        /// The quota in bytes.
        quota: u64,
    },
    /// The files of all guests together have reached their quota, or would exceed it with this
    /// file.
    #[error("the files of all guests have reached their limit in total")]
    GuestsQuotaExceeded,
    /// Storing failed, or the message was refused.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl WebChatError {
    /// Returns a stable code for programs, such as `account_blocked`. The HTTP API answers it as
    /// `code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoChannel => "no_channel",
            Self::ChatNotFound => "chat_not_found",
            Self::NotFound => "not_found",
            Self::TooLate => "too_late",
            Self::AccountBlocked => "account_blocked",
            // The session that the request came with has ended, and so has its CSRF token.
            Self::GuestLoggedIn => "csrf_failed",
            Self::GuestTaken => "guest_taken",
            Self::NotYourButton => "not_your_button",
            Self::InvalidCursor => "invalid_cursor",
            Self::NotAnswered => "conflict",
            Self::InvalidField { .. } => "invalid_body",
            Self::FileNotAccepted { .. } => "unsupported_media_type",
            Self::QuotaExceeded { .. } => "quota_exceeded",
            Self::GuestsQuotaExceeded => "storage_full",
            Self::Core(error) => error.code(),
        }
    }

    /// Returns `true` if an unchanged retry may succeed later: the database is busy, or the guests'
    /// files have reached their quota.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::GuestsQuotaExceeded => true,
            Self::Core(error) => error.is_temporary(),
            _ => false,
        }
    }
}

impl From<DbError> for WebChatError {
    fn from(error: DbError) -> Self {
        Self::Core(error.into())
    }
}
