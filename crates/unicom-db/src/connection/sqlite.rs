//! Connections to SQLite.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use crate::files::make_private;
use crate::{Db, DbError, Synchronous};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Converts text of any script to lower case. SQLite's own `lower` supports ASCII only.
    fn unicom_lower(text: Nullable<Text>) -> Nullable<Text>;
}

pub(crate) fn connect(url: &str, synchronous: Synchronous) -> Result<Db, DbError> {
    let path = url.trim_start_matches("sqlite://");
    if is_plain(path) {
        make_private(path.as_ref());
    }
    let mut connection =
        SqliteConnection::establish(path).map_err(|error| DbError::Unavailable {
            reason: format!("`{path}`: {error}"),
        })?;
    // busy_timeout must be set first: switching to WAL needs a lock that another process may hold.
    connection
        .batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;")
        .and_then(|()| connection.batch_execute(synchronous.pragma()))
        .map_err(|error| DbError::Unavailable {
            reason: error.to_string(),
        })?;
    Db::from_sqlite(connection)
}

impl Db {
    /// Takes over a SQLite connection of the host application. Enables `foreign_keys` and registers
    /// the SQL functions that queries need.
    ///
    /// # Errors
    /// Returns [`DbError::Query`] if SQLite reports an error.
    pub fn from_sqlite(mut connection: SqliteConnection) -> Result<Self, DbError> {
        connection.batch_execute("PRAGMA foreign_keys = ON;")?;
        unicom_lower_utils::register_impl(&mut connection, |text: Option<String>| {
            text.map(|text| text.to_lowercase())
        })?;
        Ok(Self::Sqlite(connection))
    }
}

/// Returns `true` if SQLite treats `path` as a file name: not in memory, not a temporary file, not
/// a URI.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:")
}
