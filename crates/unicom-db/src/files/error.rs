//! `FileError`: why a file was not written, or a database not put back.

use std::io;
use std::path::{Path, PathBuf};

use crate::DbError;

/// Why a file was not written, or a database not put back. What was there is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is one already, and nobody said that it may go.
    #[error("`{}` exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is none.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A database was to be copied to where it is.
    #[error("`{}` is the database itself", path.display())]
    Itself {
        /// The file.
        path: PathBuf,
    },
    /// It is something else.
    #[error("`{}` is no SQLite database", path.display())]
    NotSqlite {
        /// The file.
        path: PathBuf,
    },
    /// It is a database of something else.
    #[error("`{}` is no database of unicom", path.display())]
    NotUnicom {
        /// The file.
        path: PathBuf,
    },
    /// What it holds is not what was written.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// Another process has the database open.
    #[error("`{}` is in use: stop the server that has it open", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A process died while it changed it: what to undo is in the journal beside it.
    #[error(
        "`{}` was left in the middle of a change, with a journal beside it: start its server once, or run `unicom check`, \
         as the user whose it is",
        path.display()
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// The database failed, or is newer than this version.
    #[error("`{}`: {source}", path.display())]
    Db {
        /// The file.
        path: PathBuf,
        /// What it said.
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
