//! `DbError`: what can go wrong between unicom and its database. Every query function returns it.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

/// What went wrong between unicom and its database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// Too much is waiting, or another process held the database for too long. Trying again later may help.
    #[error("the database is busy")]
    Busy,
    /// No connection could be had.
    #[error("cannot connect to the database: {reason}")]
    Unavailable {
        /// What the engine said.
        reason: String,
    },
    /// There is no room for what is to be written, or the database is read-only. Nothing was written.
    #[error("the database cannot be written: {reason}")]
    NotWritable {
        /// What the engine said.
        reason: String,
    },
    /// The database URL names no engine that unicom knows.
    #[error(
        "invalid database URL `{url}`: expected `sqlite://unicom.db`, `sqlite:///absolute/path.db` or `postgres://user@host/name`"
    )]
    InvalidUrl {
        /// The URL without what it says of users and passwords.
        url: String,
    },
    /// The tables could not be brought up to date.
    #[error("cannot migrate the database: {reason}")]
    Migration {
        /// What the engine said.
        reason: String,
    },
    /// A later version has migrated the tables, and this one does not know them.
    #[error(
        "the database is newer than this unicom: it has migration `{migration}`, which this version does not know; use the version that ran it, or a later one"
    )]
    Newer {
        /// The migration that this version does not have.
        migration: String,
    },
    /// The closure panicked; what it had written was rolled back.
    #[error("a database closure panicked")]
    Panicked,
    /// The database was closed before the closure ran.
    #[error("the database is closed")]
    Closed,
    /// A statement failed.
    #[error("database error: {0}")]
    Query(DieselError),
}

impl DbError {
    /// Whether the same call may succeed later, unchanged.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Unavailable { .. } | Self::NotWritable { .. } | Self::Closed
        )
    }

    /// Whether a unique index or key refused the row.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation,
                _
            ))
        )
    }

    /// Whether a foreign key refused the change: something still refers to the row, or what it refers to is gone.
    pub fn is_foreign_key_violation(&self) -> bool {
        let Self::Query(DieselError::DatabaseError(kind, info)) = self else {
            return false;
        };
        // diesel has no kind for the code that SQLite gives where a key says `ON DELETE RESTRICT`.
        matches!(kind, DatabaseErrorKind::ForeignKeyViolation)
            || info.message() == "FOREIGN KEY constraint failed"
    }
}

/// How the engines say "try again", which has no kind of its own in diesel.
const TRY_AGAIN: [&str; 4] = [
    "database is locked",
    "deadlock detected",
    "canceling statement due to lock timeout",
    "canceling statement due to statement timeout",
];

/// The engines' words for a database that cannot be written: the disk is full, or the database is read-only.
const NOT_WRITABLE: [&str; 4] = [
    "database or disk is full",
    "attempt to write a readonly database",
    "No space left on device",
    "in a read-only transaction",
];

/// SQLite's words for a disk that failed. If a commit failed so, what was written may be kept all the same.
const DISK_FAILED: &str = "disk I/O error";

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, info) = &error else {
            return Self::Query(error);
        };
        match kind {
            DatabaseErrorKind::SerializationFailure => Self::Busy,
            DatabaseErrorKind::ClosedConnection => Self::Unavailable {
                reason: info.message().to_owned(),
            },
            DatabaseErrorKind::ReadOnlyTransaction => Self::NotWritable {
                reason: info.message().to_owned(),
            },
            _ if says_any(&**info, &TRY_AGAIN) => Self::Busy,
            _ if says_any(&**info, &NOT_WRITABLE) => Self::NotWritable {
                reason: info.message().to_owned(),
            },
            _ if says_any(&**info, &[DISK_FAILED]) => Self::Unavailable {
                reason: info.message().to_owned(),
            },
            _ => Self::Query(error),
        }
    }
}

fn says_any(info: &dyn DatabaseErrorInformation, words: &[&str]) -> bool {
    words.iter().any(|words| info.message().contains(words))
}
