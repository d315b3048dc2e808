//! `FileError`: why a file was not written or a database not opened.

use std::io;
use std::path::{Path, PathBuf};

/// The reason why a file was not written or a database not opened. Existing files are unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file exists, and replacing it was not requested.
    #[error("`{}` exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The operating system returned an error, or the file was refused.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A process died while it changed the database. The journal beside it says what to undo.
    #[error(
        "`{}` was left in the middle of a change, with a journal file: start its server once, or run `unicom check`, \
         as the user who owns it",
        path.display()
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
}

impl FileError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
