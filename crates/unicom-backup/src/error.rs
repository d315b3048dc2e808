//! `BackupError`: why data was not backed up or restored.

use std::io;
use std::path::{Path, PathBuf};

use unicom_db::DbError;
use unicom_db::files::FileError;

/// The reason why data was not backed up or restored. Existing files are unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A file or folder exists, was refused, or could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file does not exist.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
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
    /// The database returned an error, or is newer than this version.
    #[error("`{}`: {source}", path.display())]
    Db {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: DbError,
    },
    /// There is no folder to copy files from.
    #[error("there is no folder `{}`", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Files would be copied into the folder that they are copied from, without end.
    #[error("`{}`, which would be copied to, is within `{}`, which would be copied", to.display(), from.display())]
    Nested {
        /// The folder of the backup.
        folder: PathBuf,
        /// The folder that would be copied.
        from: PathBuf,
        /// The folder within `from` that would be copied to.
        to: PathBuf,
    },
    /// The secret key of the backup would replace another one.
    #[error("`{}` differs from `{}`", key.display(), kept.display())]
    OtherKey {
        /// The file of the current key.
        key: PathBuf,
        /// The file of the backup's key.
        kept: PathBuf,
    },
    /// A file has no valid secret key.
    #[error("{reason}")]
    InvalidKey {
        /// A sentence that names the file.
        reason: String,
    },
}

impl BackupError {
    pub(crate) fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| {
            Self::File(FileError::Io {
                path: path.to_owned(),
                source,
            })
        }
    }

    pub(crate) fn db<E: Into<DbError>>(path: &Path) -> impl Fn(E) -> Self {
        move |source| Self::Db {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
