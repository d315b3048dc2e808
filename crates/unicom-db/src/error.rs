//! `DbError`: the error type of every query function.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

/// An error of the database layer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// Too many jobs are queued, or another process held the database for too long. Retrying later
    /// may help.
    #[error("the database is busy")]
    Busy,
    /// No connection could be established.
    #[error("cannot connect to the database: {reason}")]
    Unavailable {
        /// The engine's message.
        reason: String,
    },
    /// The database is full or read-only. Nothing was written.
    #[error("the database cannot be written: {reason}")]
    NotWritable {
        /// The engine's message.
        reason: String,
    },
    /// The database URL does not name a supported engine.
    #[error(
        "invalid database URL `{url}`: expected `sqlite://unicom.db`, `sqlite:///absolute/path.db` or `postgres://user@host/name`"
    )]
    InvalidUrl {
        /// The URL without user names and passwords.
        url: String,
    },
    /// The path of a SQLite database has a part that is not taken as it stands.
    #[error(
        "invalid database URL `sqlite://{path}`: the path of a SQLite database is taken as it stands and must not contain {part}"
    )]
    InvalidSqlitePath {
        /// The path.
        path: String,
        /// The part that it must not contain.
        part: &'static str,
    },
    /// The database, or the way to it, cannot be used.
    #[error("the database cannot be used: {reason}")]
    Unsuitable {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The database URL names an engine that is not built in.
    #[error(
        "this program was built without the database engine of the URL: enable the feature `{feature}` of unicom-db"
    )]
    EngineMissing {
        /// The feature of this crate for the engine.
        feature: &'static str,
    },
    /// The migrations failed.
    #[error("cannot migrate the database: {reason}")]
    Migration {
        /// The engine's message.
        reason: String,
    },
    /// A later version of unicom has migrated the database, and this version does not know its
    /// tables.
    #[error(
        "the database is newer than this unicom: it has migration `{migration}`, which this version does not know; use the version that ran it, or a later one"
    )]
    Newer {
        /// The applied migration that this version does not have.
        migration: String,
    },
    /// The closure panicked. Everything it wrote was rolled back.
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
    /// Returns `true` if an unchanged retry may succeed later.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Unavailable { .. } | Self::NotWritable { .. } | Self::Closed
        )
    }

    /// Returns `true` if the row violated a unique index or a primary key.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation,
                _
            ))
        )
    }

    /// Returns `true` if the change violated a foreign key: other rows still refer to the row, or
    /// the row it refers to does not exist.
    pub fn is_foreign_key_violation(&self) -> bool {
        let Self::Query(DieselError::DatabaseError(kind, info)) = self else {
            return false;
        };
        // diesel has no error kind for the code that SQLite returns for `ON DELETE RESTRICT`.
        matches!(kind, DatabaseErrorKind::ForeignKeyViolation)
            || info.message() == "FOREIGN KEY constraint failed"
    }
}

/// Engine messages for transient errors that have no error kind in diesel.
const TRY_AGAIN: [&str; 4] = [
    "database is locked",
    "deadlock detected",
    "canceling statement due to lock timeout",
    "canceling statement due to statement timeout",
];

/// Engine messages for a full disk or a read-only database.
const NOT_WRITABLE: [&str; 4] = [
    "database or disk is full",
    "attempt to write a readonly database",
    "No space left on device",
    "in a read-only transaction",
];

/// SQLite's message for a failed disk. If a commit failed with it, the data may have been written
/// nevertheless.
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
            _ if is_of_another_session(info.message()) => Self::Unsuitable {
                reason: POOLED.to_owned(),
            },
            _ => Self::Query(error),
        }
    }
}

/// Returns `true` for PostgreSQL's message about a write in a database that cannot be written.
pub(crate) fn is_read_only(message: &str) -> bool {
    message.contains("in a read-only transaction")
}

/// What is wrong if a session has prepared statements of another one, or has lost its own.
pub(crate) const POOLED: &str = "the connections lead through a pooler that changes the session between transactions, \
     such as PgBouncer with `pool_mode=transaction`: use `pool_mode=session`, or connect without it";

/// Returns `true` for PostgreSQL's messages about prepared statements (42P05 and 26000), each of
/// which is prepared and used in one session only.
pub(crate) fn is_of_another_session(message: &str) -> bool {
    message.contains("prepared statement \"")
        && ["already exists", "does not exist"]
            .iter()
            .any(|end| message.ends_with(end))
}

fn says_any(info: &dyn DatabaseErrorInformation, words: &[&str]) -> bool {
    words.iter().any(|words| info.message().contains(words))
}

#[cfg(test)]
mod tests {
    use super::is_of_another_session;

    #[test]
    fn only_errors_about_prepared_statements_are_those_of_a_pooler() {
        for message in [
            "prepared statement \"__diesel_stmt_1\" already exists",
            "prepared statement \"__diesel_stmt_0\" does not exist",
        ] {
            assert!(is_of_another_session(message));
        }
        for message in [
            "relation \"unicom_chats\" already exists",
            "database \"shop\" does not exist",
            "prepared statement too long",
        ] {
            assert!(!is_of_another_session(message));
        }
    }
}
