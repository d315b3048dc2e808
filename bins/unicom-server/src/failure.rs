//! `Failure`: the error of a command, with its exit code.

use std::process::ExitCode;

use unicom_auth::tokens::CreateTokenError;
use unicom_auth::users::{CreateUserError, InvalidUser};
use unicom_core::CoreError;
use unicom_core::media::MediaError;
use unicom_db::DbError;

use crate::printable::{printable, printable_lines};

/// The error of a command: exit code 2 for wrong usage, 1 for any other failure.
///
/// The message may quote text written by others. Characters that a terminal acts on are printed as
/// escapes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The command was used incorrectly.
    #[error("{}", printable_lines(.0))]
    Usage(String),
    /// The command failed.
    #[error("{}", printable_lines(.0))]
    Failed(String),
    /// An item that the command names does not exist.
    #[error("{}", printable(&format!("{what} `{id}` does not exist")))]
    Missing {
        /// The kind of item, such as `bot`.
        what: String,
        /// The requested id or name.
        id: String,
    },
}

impl Failure {
    /// Returns the exit code: 2 for wrong usage, 1 for a failure.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) | Self::Missing { .. } => ExitCode::FAILURE,
        }
    }

    pub(crate) fn missing(what: impl ToString, id: impl ToString) -> Self {
        Self::Missing {
            what: what.to_string(),
            id: id.to_string(),
        }
    }

    pub(crate) fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::InvalidUrl { .. } | DbError::InvalidSqlitePath { .. } => {
                Self::Usage(error.to_string())
            }
            error => Self::failed(error),
        }
    }
}

impl From<CoreError> for Failure {
    /// An invalid value is wrong usage, any other error a failure.
    fn from(error: CoreError) -> Self {
        match error {
            CoreError::UnknownPlatform { .. }
            | CoreError::Channel(_)
            | CoreError::Invalid { .. }
            | CoreError::Nul { .. } => Self::Usage(error.to_string()),
            CoreError::NotFound { what, id } => Self::missing(what, id),
            CoreError::ChannelNotFound(id) => Self::missing("channel", id),
            error => Self::failed(error),
        }
    }
}

impl From<InvalidUser> for Failure {
    fn from(error: InvalidUser) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<CreateUserError> for Failure {
    fn from(error: CreateUserError) -> Self {
        Self::failed(error)
    }
}

impl From<CreateTokenError> for Failure {
    fn from(error: CreateTokenError) -> Self {
        match error {
            CreateTokenError::Name => Self::Usage(error.to_string()),
            error => Self::failed(error),
        }
    }
}

impl From<MediaError> for Failure {
    fn from(error: MediaError) -> Self {
        Self::failed(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error)
    }
}
