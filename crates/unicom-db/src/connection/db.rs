//! `Db`: one connection to either engine.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, SqliteConnection};

use crate::files::make_private;
use crate::{DbError, Synchronous};

/// A supported database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, compiled in.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Engine {
    /// Returns the engine named by the scheme of a database URL.
    ///
    /// # Errors
    /// Returns [`DbError::InvalidUrl`] for any scheme but `sqlite`, `postgres` and `postgresql`,
    /// and for a SQLite database in memory, which several connections could not share.
    pub fn of_url(url: &str) -> Result<Self, DbError> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() && !path.starts_with(":memory:") => {
                Ok(Self::Sqlite)
            }
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres),
            _ => Err(DbError::InvalidUrl {
                url: without_credentials(url),
            }),
        }
    }
}

/// Returns the URL without users, passwords and parameters, for error messages.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // May be `host=… password=…`, or a URL without its scheme.
        let plain = !url.contains(['@', '=', ':']);
        return if plain { url } else { "…" }.to_owned();
    };
    let shown = rest.split('?').next().unwrap_or_default();
    match shown.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://…@{place}"),
        None => format!("{scheme}://{shown}"),
    }
}

/// Returns the error of PostgreSQL's client on one line. The client quotes its input, so quoted
/// text is removed if the client may have mistaken a part of the password for the host.
fn postgres_reason(url: &str, error: &ConnectionError) -> String {
    let said = error.to_string();
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let reason = lines.collect::<Vec<_>>().join("; ");
    if !has_unescaped_password(url) {
        return reason;
    }
    let plain: Vec<&str> = reason.split('"').step_by(2).collect();
    plain.join("`…`") + " (in a URL, a password's special characters are written as `%2F`)"
}

/// Returns `true` if SQLite treats `path` as a file name: not in memory, not a temporary file, not
/// a URI.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:")
}

/// Returns `true` if the part before the `@` has unescaped special characters, which are only valid
/// after the `@`.
fn has_unescaped_password(url: &str) -> bool {
    let user = url
        .split_once("://")
        .and_then(|(_, rest)| rest.rsplit_once('@'));
    user.is_some_and(|(user, _)| {
        let mut escapes = user.split('%').skip(1);
        let is_escape = |text: &str| {
            text.len() >= 2 && text.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
        };
        user.contains(['/', '?', '#', '[', ']', '@']) || !escapes.all(is_escape)
    })
}

/// One connection to either engine. Statements run on it through [`on_engine!`](crate::on_engine).
pub enum Db {
    /// A connection to PostgreSQL.
    Postgres(PgConnection),
    /// A connection to SQLite.
    Sqlite(SqliteConnection),
}

/// Runs a body against the connection inside a [`Db`](crate::Db), whichever engine it is.
///
/// The body is compiled once for each engine and can use everything that diesel supports on both.
#[macro_export]
macro_rules! on_engine {
    ($db:expr, $conn:ident => $body:expr) => {
        match $db {
            $crate::Db::Postgres($conn) => $body,
            $crate::Db::Sqlite($conn) => $body,
        }
    };
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// Converts text of any script to lower case. SQLite's own `lower` supports ASCII only.
    fn unicom_lower(text: Nullable<Text>) -> Nullable<Text>;
}

impl Db {
    /// Connects to `sqlite://unicom.db` (created if missing) or `postgres://user@host/name`.
    ///
    /// # Errors
    /// Returns [`DbError::InvalidUrl`] if the URL is invalid, or [`DbError::Unavailable`] if the
    /// connection fails.
    pub fn connect(url: &str) -> Result<Self, DbError> {
        Self::connect_with(url, Synchronous::default())
    }

    pub(crate) fn connect_with(url: &str, synchronous: Synchronous) -> Result<Self, DbError> {
        match Engine::of_url(url)? {
            Engine::Postgres => PgConnection::establish(url)
                .map(Self::Postgres)
                .map_err(|error| DbError::Unavailable {
                    reason: postgres_reason(url, &error),
                }),
            Engine::Sqlite => {
                let path = url.trim_start_matches("sqlite://");
                if is_plain(path) {
                    make_private(path.as_ref());
                }
                let mut connection =
                    SqliteConnection::establish(path).map_err(|error| DbError::Unavailable {
                        reason: format!("`{path}`: {error}"),
                    })?;
                // busy_timeout must be set first: switching to WAL needs a lock that another
                // process may hold.
                connection
                    .batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;")
                    .and_then(|()| connection.batch_execute(synchronous.pragma()))
                    .map_err(|error| DbError::Unavailable {
                        reason: error.to_string(),
                    })?;
                Self::from_sqlite(connection)
            }
        }
    }

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

    /// Sets PostgreSQL's timeouts, so that no wait is unlimited: `lock` for a lock and six times as
    /// long for a statement. SQLite has its `busy_timeout`.
    pub(crate) fn set_timeouts(&mut self, lock: Duration) -> Result<(), DbError> {
        if let Self::Postgres(connection) = self {
            let lock_ms = lock.as_millis();
            connection.batch_execute(&format!(
                "SET lock_timeout = {lock_ms}; SET statement_timeout = {}",
                lock_ms.saturating_mul(6)
            ))?;
        }
        Ok(())
    }

    /// Makes SQLite keep savepoint journals and sorts in memory. A batch changes a few pages for
    /// each write and would first copy each of them to a temporary file.
    pub(crate) fn set_temp_store(&mut self) -> Result<(), DbError> {
        if let Self::Sqlite(connection) = self {
            connection.batch_execute("PRAGMA temp_store = MEMORY;")?;
        }
        Ok(())
    }

    /// Raises SQLite's page cache from the default 2 MiB to at most 16 MiB. A batch writes for many
    /// visitors, each of whom uses different pages, and would otherwise read those pages again for
    /// the next batch.
    pub(crate) fn set_cache_size(&mut self) -> Result<(), DbError> {
        if let Self::Sqlite(connection) = self {
            connection.batch_execute("PRAGMA cache_size = -16384;")?;
        }
        Ok(())
    }

    /// Takes over a PostgreSQL connection of the host application.
    pub fn from_postgres(connection: PgConnection) -> Self {
        Self::Postgres(connection)
    }

    /// Returns the engine of the connection.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Checks that PostgreSQL accepts writes on this connection: a standby or a read-only database
    /// does not. On SQLite it only checks the connection, since SQLite reports a read-only database
    /// only on a write.
    ///
    /// # Errors
    /// Returns [`DbError::NotWritable`] if PostgreSQL is read-only, or the engine's error.
    pub fn ping_to_write(&mut self) -> Result<(), DbError> {
        #[derive(QueryableByName)]
        struct Setting {
            #[diesel(sql_type = Text)]
            read_only: String,
        }
        let Self::Postgres(connection) = self else {
            return self.ping();
        };
        let setting: Setting =
            diesel::sql_query("SELECT current_setting('transaction_read_only') AS read_only")
                .get_result(connection)?;
        if setting.read_only == "off" {
            return Ok(());
        }
        Err(DbError::NotWritable {
            reason: "PostgreSQL is read-only".to_owned(),
        })
    }

    /// Checks that the connection works.
    ///
    /// # Errors
    /// Returns the engine's error if it does not.
    pub fn ping(&mut self) -> Result<(), DbError> {
        Ok(on_engine!(self, conn => conn.batch_execute("SELECT 1"))?)
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.engine())
    }
}
