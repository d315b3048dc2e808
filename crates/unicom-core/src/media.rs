//! Files of messages: their types and names, and `MediaStore`, the interface of the store for them.
//! The crate `unicom-content` implements it.

mod detect;
mod digest;
mod document;
mod file;
mod file_error;
mod found;
mod image;
mod key;
mod kind;
mod kinds;
mod name;
mod scan;
mod sound;
mod unsupported;

use std::fmt::Debug;
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use unicom_models::UtcTime;

pub use self::detect::examine;
pub use self::digest::sha256_hex;
pub use self::file::LARGEST_FILE;
pub(crate) use self::file::store_any;
pub use self::file_error::FileError;
pub use self::image::{ImageError, ImageLimits, ImageSize};
pub use self::key::new_media_key;
pub use self::kind::MediaKind;
pub use self::name::{content_disposition, safe_file_name};
pub use self::unsupported::Unsupported;

/// The folder of a media store that holds only the files of messages.
pub const MESSAGE_FOLDER: &str = "messages";

/// A store for the files of messages, each kept complete and unchanged under its key.
///
/// Keys are made by the caller and never by a visitor. A key consists of segments separated by `/`,
/// none of them empty, `.` or `..`, without control characters, `\` or `#`, and of at most 200
/// bytes each. A store refuses any other key with [`MediaError::InvalidKey`]. Each key is used for
/// one file only; the caller keeps its length and type.
///
/// No method is called while a database transaction is open. Every method may be called again with
/// the same arguments, concurrently or after a crash, with the same effect as a single call.
pub trait MediaStore: Debug + Send + Sync + 'static {
    /// Stores the complete file under `key`, or nothing.
    ///
    /// After `Ok`, the file survives a loss of power: the message that refers to it is acknowledged
    /// next. A reader sees the complete file or none. If the key is already in use, its content is
    /// replaced atomically.
    ///
    /// After an error or a crash, the key holds nothing, its previous content, or, if only the
    /// response was lost, the complete new file. Calling [`delete`](Self::delete) is always correct
    /// then. Anything else that a crash leaves behind is not visible through this trait. If the
    /// future is dropped, the file may still be stored a little later. The file of a
    /// [`MediaSource::File`] is read and left in place.
    ///
    /// # Errors
    /// [`MediaError::Full`] if there is no room; [`MediaError::Unavailable`] if the store or the
    /// source fails otherwise.
    fn put(&self, key: String, source: MediaSource) -> BoxFuture<'_, Result<(), MediaError>>;

    /// Streams the file, or only the bytes in `range`.
    ///
    /// The stream ends after exactly these bytes or with an error, never early. `range` must lie
    /// within the file and contain at least one byte. The store chooses the size of the chunks, so
    /// that a reader needs little memory regardless of the file's length.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] if nothing is stored under `key`; [`MediaError::Unavailable`] if
    /// the store fails or the file does not contain all bytes of `range`.
    fn open(
        &self,
        key: String,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError>>;

    /// Deletes the file. A missing file is not an error.
    ///
    /// A stream that is open may continue or fail. A file may reappear if power is lost right after
    /// its deletion.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`] if the store fails: the file may or may not exist then.
    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), MediaError>>;

    /// Lists the files whose keys begin with `folder` and a `/`, in any order.
    ///
    /// A file that exists for the whole time is listed once. One that is stored or deleted
    /// meanwhile may be listed or not. The store reads on as the stream is consumed, so that a
    /// reader needs little memory regardless of the number of files. This method is for finding
    /// files that no message refers to. A store that cannot list its files keeps the default
    /// implementation, which returns an error.
    ///
    /// # Errors
    /// [`MediaError::NotListed`] if this store does not list its files; [`MediaError::Unavailable`]
    /// if the store fails, and the stream ends then.
    fn list(&self, folder: String) -> BoxStream<'_, Result<ListedFile, MediaError>> {
        stream::once(async { Err(MediaError::NotListed { folder }) }).boxed()
    }

    /// Deletes what unfinished uploads have left in the store, if it is older than `before`. These
    /// remains are not visible through other methods. Returns the number of deleted items.
    ///
    /// The default implementation deletes nothing, for stores that leave no remains or have other
    /// means to delete them.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`] if the store fails.
    fn delete_unfinished(&self, before: UtcTime) -> BoxFuture<'_, Result<usize, MediaError>> {
        let _ = before;
        async { Ok(0) }.boxed()
    }
}

/// A media store for a process without files: it refuses every file.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMedia;

impl MediaStore for NoMedia {
    fn put(&self, _: String, _: MediaSource) -> BoxFuture<'_, Result<(), MediaError>> {
        let reason = "files are not accepted here".to_owned();
        std::future::ready(Err(MediaError::Refused { reason })).boxed()
    }

    fn open(
        &self,
        key: String,
        _: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError>> {
        std::future::ready(Err(MediaError::NotFound { key })).boxed()
    }

    fn delete(&self, _: String) -> BoxFuture<'_, Result<(), MediaError>> {
        std::future::ready(Ok(())).boxed()
    }

    fn list(&self, _: String) -> BoxStream<'_, Result<ListedFile, MediaError>> {
        stream::empty().boxed()
    }
}

/// A file that [`MediaStore::list`] returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// The key of the file.
    pub key: String,
    /// When the file was stored, by the clock of the store.
    pub stored_at: UtcTime,
}

/// Source of the bytes of a file to store.
#[derive(Debug, Clone)]
pub enum MediaSource {
    /// The content of the file.
    Bytes(Bytes),
    /// The path of a local file, which is read in chunks and never held in memory as a whole.
    File(PathBuf),
}

/// Error of a media store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Nothing is stored under the key. Retrying does not help.
    #[error("no file under `{key}`")]
    NotFound {
        /// The requested key.
        key: String,
    },
    /// The store failed, for a short time or for longer. Retrying may help.
    #[error("media store failed on `{key}`: {reason}")]
    Unavailable {
        /// The requested key.
        key: String,
        /// The reason that the store gave: for logs, not for visitors.
        reason: String,
    },
    /// The store has no room for the file, or accepts no files for now. Nothing is stored under the
    /// key. Retrying helps once there is room.
    #[error("media store has no room for `{key}`: {reason}")]
    Full {
        /// The requested key.
        key: String,
        /// The reason that the store gave: for logs, not for visitors.
        reason: String,
    },
    /// The key breaks the rules of [`MediaStore`], which is a bug in the caller.
    #[error(
        "invalid media key `{key}`: expected segments of at most 200 bytes separated by `/`, \
         none of them empty, `.` or `..`, without control characters, `\\` or `#`"
    )]
    InvalidKey {
        /// The requested key.
        key: String,
    },
    /// The content is not a file that messages may carry. Retrying does not help.
    #[error("the file was refused: {reason}")]
    Refused {
        /// What is wrong with the file, or what it must be.
        reason: String,
    },
    /// The file is larger than messages may carry. Retrying does not help.
    #[error("the file was refused: it must be at most {limit} bytes long")]
    TooLarge {
        /// Maximum size in bytes.
        limit: usize,
    },
    /// The file is an image with more pixels than messages may carry. Retrying does not help.
    #[error("the file was refused: {reason}")]
    TooManyPixels {
        /// The number of pixels and the limit.
        reason: String,
    },
    /// This store does not list its files. Retrying does not help.
    #[error("this media store does not list the files under `{folder}`")]
    NotListed {
        /// The requested folder.
        folder: String,
    },
    /// A string that should contain a file is not valid base64. Retrying does not help.
    #[error("the file was refused: it is not base64: {reason}")]
    NotBase64 {
        /// Where the string is invalid.
        reason: String,
    },
    /// The configuration does not describe a usable store.
    #[error("invalid media store: {reason}")]
    InvalidConfig {
        /// What is wrong and what is possible instead. Never contains a secret.
        reason: String,
    },
}

impl MediaError {
    /// Creates the error for settings that cannot be used, with the reason.
    pub fn invalid_config(reason: impl ToString) -> Self {
        Self::InvalidConfig {
            reason: reason.to_string(),
        }
    }
}
