//! `Db`: one connection to either engine.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, SqliteConnection};

use crate::files::make_private;
use crate::{DbError, Synchronous};

/// The database engines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, built in.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Engine {
    /// The engine that a database URL's scheme names.
    ///
    /// # Errors
    /// [`DbError::InvalidUrl`] for any scheme but `sqlite`, `postgres` and `postgresql`, and for a SQLite
    /// database in memory, which its connections could not share.
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

/// The URL as a person may see it: without users, passwords and parameters.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // Perhaps `host=… password=…`, or an address whose scheme was forgotten.
        let plain = !url.contains(['@', '=', ':']);
        return if plain { url } else { "…" }.to_owned();
    };
    let shown = rest.split('?').next().unwrap_or_default();
    match shown.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://…@{place}"),
        None => format!("{scheme}://{shown}"),
    }
}

/// What PostgreSQL's client says, on one line. It quotes what it reads, so where it may have misread a password
/// for a host, no quote is kept.
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

/// Whether SQLite takes it for a file's name: neither memory, nor a temporary file, nor a URI.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:")
}

/// Whether the part before the `@` has characters that only belong behind it.
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

/// One connection to either engine. Statements on it run through [`on_engine!`](crate::on_engine).
pub enum Db {
    /// A connection to PostgreSQL.
    Postgres(PgConnection),
    /// A connection to SQLite.
    Sqlite(SqliteConnection),
}

/// Runs one body against the connection inside a [`Db`](crate::Db), whichever engine it is.
///
/// The body is compiled once for each engine, so everything that diesel offers on both works in it.
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
    /// Lower case for every script; SQLite's own `lower` knows ASCII only.
    fn unicom_lower(text: Nullable<Text>) -> Nullable<Text>;
}

impl Db {
    /// Connects to `url`: `sqlite://unicom.db` (made if missing) or `postgres://user@host/name`.
    ///
    /// # Errors
    /// [`DbError::InvalidUrl`] or [`DbError::Unavailable`].
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
                // busy_timeout first: switching to WAL needs a lock that another process may hold.
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

    /// Takes over a host's own SQLite connection. Sets `foreign_keys` and registers what queries need.
    ///
    /// # Errors
    /// [`DbError::Query`] if SQLite refuses.
    pub fn from_sqlite(mut connection: SqliteConnection) -> Result<Self, DbError> {
        connection.batch_execute("PRAGMA foreign_keys = ON;")?;
        unicom_lower_utils::register_impl(&mut connection, |text: Option<String>| {
            text.map(|text| text.to_lowercase())
        })?;
        Ok(Self::Sqlite(connection))
    }

    /// Has PostgreSQL give up on a lock or a statement that takes too long, so that nobody's wait is endless.
    /// SQLite has its `busy_timeout`.
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

    /// Has SQLite keep in memory what it needs to undo a savepoint, and to sort: a batch touches a few pages for each
    /// write, and would write each of them to a temporary file first.
    pub(crate) fn set_temp_store(&mut self) -> Result<(), DbError> {
        if let Self::Sqlite(connection) = self {
            connection.batch_execute("PRAGMA temp_store = MEMORY;")?;
        }
        Ok(())
    }

    /// Has SQLite remember more pages than the 2 MiB of its default, 16 MiB at the most: what a batch touches for many
    /// visitors, each of whom has pages of their own, would have to be read again for the next one.
    pub(crate) fn set_cache_size(&mut self) -> Result<(), DbError> {
        if let Self::Sqlite(connection) = self {
            connection.batch_execute("PRAGMA cache_size = -16384;")?;
        }
        Ok(())
    }

    /// Takes over a host's own PostgreSQL connection.
    pub fn from_postgres(connection: PgConnection) -> Self {
        Self::Postgres(connection)
    }

    /// Which engine it speaks to.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Asks whether PostgreSQL takes writes on this connection: a standby does not, nor does a database that is set to be
    /// read-only. SQLite says so only when something is written.
    ///
    /// # Errors
    /// [`DbError::NotWritable`] if it does not, or what the engine says.
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

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn ping(&mut self) -> Result<(), DbError> {
        Ok(on_engine!(self, conn => conn.batch_execute("SELECT 1"))?)
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.engine())
    }
}
