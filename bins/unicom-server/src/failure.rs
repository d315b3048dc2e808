//! `Failure`: why a command ended, and the exit code that says so.

use std::process::ExitCode;

use unicom_core::CoreError;
use unicom_core::media::MediaError;
use unicom_db::DbError;

use crate::printable::printable_lines;

/// Why a command ended: exit code 2 for wrong use, 1 for failure.
///
/// Its sentence may repeat what others wrote, and is printed with escapes for what a terminal acts
/// on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The command was used wrongly.
    #[error("{}", printable_lines(.0))]
    Usage(String),
    /// It did not work.
    #[error("{}", printable_lines(.0))]
    Failed(String),
}

impl Failure {
    /// The exit code that tells wrong use from failure.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::FAILURE,
        }
    }

    pub(crate) fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::InvalidUrl { .. } => Self::Usage(error.to_string()),
            error => Self::failed(error),
        }
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        Self::failed(error)
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
