//! `MediaStore`: the contract of a place that keeps files.

use std::fmt::Debug;
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use unicom_models::UtcTime;

use super::ImageError;

/// A place that keeps the files of messages, each whole and unchanged under its key.
///
/// A key is made by the caller and never by a visitor: segments separated by `/`, none of them
/// empty, `.` or `..`, without control characters, `\` or `#`, and with at most 200 bytes each.
/// A store refuses any other key with [`MediaError::InvalidKey`]. One key is given to one file;
/// the caller keeps its length and type.
///
/// Nothing here runs while a database transaction is open. Every method may be called again with
/// the same arguments, at the same time or after a crash, and then has the same effect as once.
pub trait MediaStore: Debug + Send + Sync + 'static {
    /// Stores the whole file under `key`, or nothing.
    ///
    /// When this returns `Ok`, the file survives a loss of power: the message that refers to it is
    /// acknowledged next. A reader sees the whole file or none, and a key that is taken gets the
    /// new content at once, never a mixture.
    ///
    /// After an error or a crash the key holds nothing, what it held before, or, where only the
    /// answer was lost, the whole new file; calling [`delete`](Self::delete) then is always right.
    /// What a crash leaves besides is never seen through this trait. Where the future is dropped,
    /// the file may still be stored a little later. The file of a [`MediaSource::File`] is read and
    /// left in place.
    ///
    /// # Errors
    /// [`MediaError::Full`] when there is no room; [`MediaError::Unavailable`] when the store or the source fails
    /// otherwise.
    fn put(&self, key: String, source: MediaSource) -> BoxFuture<'_, Result<(), MediaError>>;

    /// Streams the file, or the bytes of it that `range` names.
    ///
    /// The stream ends after exactly these bytes or with an error, never short. `range` must lie
    /// within the file and hold at least one byte. Chunks are as small as the store likes, so that
    /// a reader needs little memory whatever the file's length.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] when nothing is stored under `key`; [`MediaError::Unavailable`]
    /// when the store fails or the file does not have all bytes of `range`.
    fn open(
        &self,
        key: String,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError>>;

    /// Deletes the file; a key that is not there is fine.
    ///
    /// A stream that is open may go on or fail. A file may come back when power is lost right
    /// after its deletion.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`] when the store fails: the file may be there or not.
    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), MediaError>>;

    /// Lists the files whose keys begin with `folder` and a `/`, in any order.
    ///
    /// Each file that is there from the beginning to the end is listed once; one that comes or goes meanwhile may be
    /// listed or not. The store reads on as the list is taken, so that a reader needs little memory however many there
    /// are. It is for sweeping up files that no message names: a store that cannot list does without, which is the
    /// default.
    ///
    /// # Errors
    /// [`MediaError::NotListed`] where this store does not list; [`MediaError::Unavailable`] when the store fails, and
    /// the list ends there.
    fn list(&self, folder: String) -> BoxStream<'_, Result<ListedFile, MediaError>> {
        stream::once(async { Err(MediaError::NotListed { folder }) }).boxed()
    }

    /// Deletes what uploads that never ended have left and nobody can see, where it is older than `before`. How much
    /// there was.
    ///
    /// By default there is nothing of that kind, or others see to it.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`] when the store fails.
    fn delete_unfinished(&self, before: UtcTime) -> BoxFuture<'_, Result<usize, MediaError>> {
        let _ = before;
        async { Ok(0) }.boxed()
    }
}

/// A file of a media store, as [`MediaStore::list`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Its key.
    pub key: String,
    /// When it was stored, by the store's clock.
    pub stored_at: UtcTime,
}

/// Where the bytes of a file to store come from.
#[derive(Debug, Clone)]
pub enum MediaSource {
    /// The file itself.
    Bytes(Bytes),
    /// A file on this machine, read in chunks and never whole in memory.
    File(PathBuf),
}

impl From<ImageError> for MediaError {
    fn from(error: ImageError) -> Self {
        let reason = error.to_string();
        match error {
            ImageError::TooManyPixels { .. } | ImageError::TooManyFrames { .. } => {
                Self::TooManyPixels { reason }
            }
            ImageError::Broken { .. } | ImageError::Io(_) => Self::Refused { reason },
        }
    }
}

/// Why a media store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Nothing is stored under the key. Trying again does not help.
    #[error("no file under `{key}`")]
    NotFound {
        /// The key that was asked for.
        key: String,
    },
    /// The store failed, now or for longer. Trying again may help.
    #[error("media store failed on `{key}`: {reason}")]
    Unavailable {
        /// The key that was asked for.
        key: String,
        /// What the store said: for logs, not for visitors.
        reason: String,
    },
    /// The store has no room for the file, or takes none at all for now. Nothing is stored under the key. Trying again
    /// helps once there is room.
    #[error("media store has no room for `{key}`: {reason}")]
    Full {
        /// The key that was asked for.
        key: String,
        /// What the store said: for logs, not for visitors.
        reason: String,
    },
    /// The key breaks the rules of [`MediaStore`]: a mistake of the caller.
    #[error(
        "invalid media key `{key}`: expected segments of at most 200 bytes separated by `/`, \
         none of them empty, `.` or `..`, without control characters, `\\` or `#`"
    )]
    InvalidKey {
        /// The key that was asked for.
        key: String,
    },
    /// What was given is no file that messages carry. Trying again does not help.
    #[error("the file was refused: {reason}")]
    Refused {
        /// What it may be instead.
        reason: String,
    },
    /// The file is larger than messages carry. Trying again does not help.
    #[error("the file was refused: it must be at most {limit} bytes long")]
    TooLarge {
        /// Bytes that it may have.
        limit: usize,
    },
    /// The file is an image with more pixels than messages carry. Trying again does not help.
    #[error("the file was refused: {reason}")]
    TooManyPixels {
        /// How many it has, and may have.
        reason: String,
    },
    /// This store does not list its files. Trying again does not help.
    #[error("this media store does not list the files under `{folder}`")]
    NotListed {
        /// The folder that was asked for.
        folder: String,
    },
    /// A text that was to be a file is not base64. Trying again does not help.
    #[error("the file was refused: it is not base64: {reason}")]
    NotBase64 {
        /// Where it is not.
        reason: String,
    },
    /// The configuration names no usable store.
    #[error("invalid media store: {reason}")]
    InvalidConfig {
        /// What is wrong and what is possible instead; never a secret.
        reason: String,
    },
}

impl MediaError {
    /// Returns the error for settings that cannot be used, for this reason.
    pub(super) fn invalid_config(reason: impl ToString) -> Self {
        Self::InvalidConfig {
            reason: reason.to_string(),
        }
    }
}
