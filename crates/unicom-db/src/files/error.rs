//! `FileError`: why a file was not written or a database not restored.

use std::io;
use std::path::{Path, PathBuf};

use crate::DbError;

/// The reason why a file was not written or a database not restored. Existing files are unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file exists, and replacing it was not requested.
    #[error("`{}` exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file does not exist.
    #[error("`{}` does not exist", path.display())]
    Missing {
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
    /// A database was to be copied onto itself.
    #[error("`{}` is the database itself", path.display())]
    Itself {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a SQLite database.
    #[error("`{}` is not an SQLite database", path.display())]
    NotSqlite {
        /// The file.
        path: PathBuf,
    },
    /// The file is a SQLite database, but not one of unicom.
    #[error("`{}` is not a unicom database", path.display())]
    NotUnicom {
        /// The file.
        path: PathBuf,
    },
    /// The content of the file is damaged.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The message from SQLite.
        reason: String,
    },
    /// Another process has the database open.
    #[error("`{}` is in use: stop the server that has it open", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
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
    /// The database returned an error, or is newer than this version.
    #[error("`{}`: {source}", path.display())]
    Db {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: DbError,
    },
}

impl FileError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn db<E: Into<DbError>>(path: &Path) -> impl Fn(E) -> Self {
        move |source| Self::Db {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
