//! `WebChatError`: what a visitor's request can be refused for.

use unicom_core::CoreError;
use unicom_db::DbError;

/// Why a visitor's request was refused. A chat of somebody else and one that does not exist are the same error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebChatError {
    /// No active web chat channel, or not the one that was named.
    #[error("there is no active WebChat channel here")]
    NoChannel,
    /// No such chat for this visitor.
    #[error("there is no such chat")]
    ChatNotFound,
    /// No such message or file for this visitor.
    #[error("there is no such message or file")]
    NotFound,
    /// The account is blocked: it neither writes nor reads.
    #[error("this account is blocked")]
    AccountBlocked,
    /// The guest has logged in before the request arrived: the guest's session has ended, and what it
    /// had belongs to the user.
    #[error("this guest has logged in, and the guest's session has ended")]
    GuestLoggedIn,
    /// No such button for this visitor, who may not learn whether anybody else has it.
    #[error("there is no such button in the visitor's chats")]
    NotYourButton,
    /// The page begins at a message that the chat does not have.
    #[error("`before` and `after` must be the id of a message of this chat")]
    InvalidCursor,
    /// A field is wrong.
    #[error("`{field}` {problem}")]
    InvalidField {
        /// Its name.
        field: &'static str,
        /// What is wrong, to follow the name.
        problem: &'static str,
    },
    /// The files of the account have as many bytes as they may have, or would have more with this one.
    #[error(
        "the files of an account must have at most {quota} bytes together, and this one would be too many"
    )]
    QuotaExceeded {
        /// Bytes that they may have.
        quota: u64,
    },
    /// The files of all guests have as many bytes as they may have, or would have more with this one.
    #[error("the files of all guests have as many bytes together as they may have")]
    GuestsQuotaExceeded,
    /// Storing failed, or the message was refused.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<DbError> for WebChatError {
    fn from(error: DbError) -> Self {
        Self::Core(error.into())
    }
}
