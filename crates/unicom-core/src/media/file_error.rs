//! [`FileError`]: reason why a file is refused.

use std::io;

use super::{ImageError, MediaError, Unsupported};

/// Reason why a file is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The type of the file is not supported.
    #[error("{0}")]
    Unsupported(Unsupported),
    /// The file is an image that is broken or too large.
    #[error(transparent)]
    Image(ImageError),
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<Unsupported> for FileError {
    fn from(unsupported: Unsupported) -> Self {
        Self::Unsupported(unsupported)
    }
}

impl From<ImageError> for FileError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Io(error) => Self::Io(error),
            error => Self::Image(error),
        }
    }
}

impl From<FileError> for MediaError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Image(error) => error.into(),
            error => Self::Refused {
                reason: error.to_string(),
            },
        }
    }
}
