//! `Db`: one connection to either engine.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, SqliteConnection};

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

fn without_credentials(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => url.to_owned(),
    }
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
        let unavailable = |error: ConnectionError| DbError::Unavailable {
            reason: error.to_string(),
        };
        match Engine::of_url(url)? {
            Engine::Postgres => PgConnection::establish(url)
                .map(Self::Postgres)
                .map_err(unavailable),
            Engine::Sqlite => {
                let path = url.trim_start_matches("sqlite://");
                let mut connection = SqliteConnection::establish(path).map_err(unavailable)?;
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
