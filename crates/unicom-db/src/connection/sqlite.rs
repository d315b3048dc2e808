//! Connections to SQLite.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};

use crate::files::make_private;
use crate::queries::{decimal, search};
use crate::{DbError, Synchronous};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Folds text for a [search](crate::queries::search). SQLite's own `lower` supports ASCII only.
    fn unicom_fold(text: Nullable<Text>) -> Nullable<Text>;

    /// Compares two numbers of JSON exactly: SQLite has no integers over 2^63.
    fn unicom_compare_numbers(one: Nullable<Text>, other: Nullable<Text>) -> Nullable<Integer>;
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
    unicom_fold_utils::register_impl(connection, |text: Option<String>| {
        text.map(|text| search::fold(&text))
    })?;
    unicom_compare_numbers_utils::register_impl(
        connection,
        |one: Option<String>, other: Option<String>| decimal::compare(&one?, &other?),
    )?;
    Ok(())
}

/// Returns `true` if SQLite treats `path` as a file name: not in memory, not a temporary file, not
/// a URI.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:")
}
