//! Connections to SQLite.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};

use crate::files::make_private;
use crate::{DbError, Synchronous};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Converts text of any script to lower case. SQLite's own `lower` supports ASCII only.
    fn unicom_lower(text: Nullable<Text>) -> Nullable<Text>;
}

pub(super) fn connect(url: &str, synchronous: Synchronous) -> Result<SqliteConnection, DbError> {
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
    Ok(connection)
}

/// Enables `foreign_keys` and registers the SQL functions that queries need.
pub(super) fn set_up(connection: &mut SqliteConnection) -> Result<(), DbError> {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Integer)]
        foreign_keys: i32,
    }
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    // SQLite ignores the statement above inside a transaction.
    let setting: Setting = diesel::sql_query("PRAGMA foreign_keys").get_result(connection)?;
    if setting.foreign_keys == 0 {
        return Err(DbError::Unavailable {
            reason: "foreign keys are off: enable them before the transaction".to_owned(),
        });
    }
    unicom_lower_utils::register_impl(connection, |text: Option<String>| {
        text.map(|text| text.to_lowercase())
    })?;
    Ok(())
}

/// Returns `true` if SQLite treats `path` as a file name: not in memory, not a temporary file, not
/// a URI.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:")
}
