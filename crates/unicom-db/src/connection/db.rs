//! `Db`: one connection to either engine.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::{DbError, Synchronous};

/// A supported database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, compiled in. Needs the feature `sqlite`.
    Sqlite,
    /// PostgreSQL. Needs the feature `postgres`.
    Postgres,
}

impl Engine {
    /// Returns the engine named by the scheme of a database URL.
    ///
    /// # Errors
    /// Returns [`DbError::InvalidUrl`] for any scheme but `sqlite`, `postgres` and `postgresql`,
    /// and for a SQLite database in memory, which several connections could not share. Returns
    /// [`DbError::InvalidSqlitePath`] for a path with a query or escapes, and
    /// [`DbError::EngineMissing`] if the engine is not built in.
    pub fn of_url(url: &str) -> Result<Self, DbError> {
        let (engine, built_in) = match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() && !path.starts_with(":memory:") => {
                expect_plain_path(path)?;
                (Self::Sqlite, cfg!(feature = "sqlite"))
            }
            Some(("postgres" | "postgresql", _)) => (Self::Postgres, cfg!(feature = "postgres")),
            _ => {
                return Err(DbError::InvalidUrl {
                    url: without_credentials(url),
                });
            }
        };
        if built_in {
            Ok(engine)
        } else {
            Err(engine.missing())
        }
    }

    fn missing(self) -> DbError {
        let feature = match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        };
        DbError::EngineMissing { feature }
    }
}

/// Refuses paths that other programs read as a URL with parameters or escapes: taken as it stands,
/// the path would silently name another, empty database.
fn expect_plain_path(path: &str) -> Result<(), DbError> {
    let mut after_percent = path.split('%').skip(1);
    let is_escape =
        |text: &str| text.len() >= 2 && text.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let part = if path.contains('?') {
        "`?`"
    } else if path.contains('#') {
        "`#`"
    } else if path.starts_with("file:") {
        "`file:`"
    } else if after_percent.any(is_escape) {
        "an escape such as `%20`"
    } else {
        return Ok(());
    };
    let path = path.to_owned();
    Err(DbError::InvalidSqlitePath { path, part })
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

/// One connection to either engine. Statements run on it through [`on_engine!`](crate::on_engine)
/// and [`by_engine!`](crate::by_engine).
pub enum Db {
    /// A connection to PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
    /// A connection to SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteConnection),
}

/// Runs a body against the connection inside a [`Db`](crate::Db), whichever engine it is.
///
/// The body is compiled once for each engine and can use everything that diesel supports on both.
#[macro_export]
macro_rules! on_engine {
    ($db:expr, $conn:ident => $body:expr) => {
        $crate::__match_engine!($db, $conn => $body, $conn => $body)
    };
}

/// Runs a separate body for each engine against the connection inside a [`Db`](crate::Db). With one
/// body, nothing happens on the other engine.
///
/// The body for an engine that is not built in is not compiled.
///
/// ```
/// use diesel::connection::SimpleConnection;
/// use unicom_db::{Db, by_engine};
///
/// fn now(db: &mut Db) -> diesel::QueryResult<&'static str> {
///     by_engine!(db, Sqlite(conn) => conn.batch_execute("PRAGMA optimize")?);
///     Ok(by_engine!(db, Postgres(_) => "clock_timestamp()", Sqlite(_) => "unixepoch()"))
/// }
/// ```
#[macro_export]
macro_rules! by_engine {
    ($db:expr, Postgres($pg:pat) => $on_pg:expr, Sqlite($lite:pat) => $on_lite:expr $(,)?) => {
        $crate::__match_engine!($db, $pg => $on_pg, $lite => $on_lite)
    };
    ($db:expr, Postgres($conn:pat) => $body:expr $(,)?) => {
        $crate::__match_engine!($db, $conn => $body, _ => ())
    };
    ($db:expr, Sqlite($conn:pat) => $body:expr $(,)?) => {
        $crate::__match_engine!($db, _ => (), $conn => $body)
    };
}

// Three macros instead of one with `cfg` in its body, which would mean the features of the crate
// that uses it.

#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __match_engine {
    ($db:expr, $pg:pat => $on_pg:expr, $lite:pat => $on_lite:expr) => {
        match $db {
            $crate::Db::Postgres($pg) => $on_pg,
            $crate::Db::Sqlite($lite) => $on_lite,
        }
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __match_engine {
    ($db:expr, $pg:pat => $on_pg:expr, $lite:pat => $on_lite:expr) => {
        match $db {
            $crate::Db::Postgres($pg) => $on_pg,
        }
    };
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __match_engine {
    ($db:expr, $pg:pat => $on_pg:expr, $lite:pat => $on_lite:expr) => {
        match $db {
            $crate::Db::Sqlite($lite) => $on_lite,
        }
    };
}

impl Db {
    /// Connects to `sqlite://unicom.db` (created if missing) or `postgres://user@host/name`.
    ///
    /// # Errors
    /// Fails like [`Engine::of_url`]. Returns [`DbError::Unavailable`] if the connection fails, or
    /// [`DbError::Unsuitable`] if the database is not in UTF-8.
    pub fn connect(url: &str) -> Result<Self, DbError> {
        let mut db = Self::connect_with(url, Synchronous::default())?;
        db.expect_utf8()?;
        Ok(db)
    }

    pub(crate) fn connect_with(url: &str, synchronous: Synchronous) -> Result<Self, DbError> {
        match Engine::of_url(url)? {
            #[cfg(feature = "postgres")]
            Engine::Postgres => super::postgres::connect(url).map(Self::Postgres),
            #[cfg(feature = "sqlite")]
            Engine::Sqlite => super::sqlite::connect(url, synchronous).and_then(Self::from_sqlite),
            #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
            engine => Err(engine.missing()),
        }
    }

    /// Takes over a SQLite connection of the host application. Enables `foreign_keys` and registers
    /// the SQL functions that queries need. [`Db::with_sqlite`] borrows one instead.
    ///
    /// # Errors
    /// Returns [`DbError::Query`] if SQLite reports an error, and [`DbError::Unavailable`] if
    /// foreign keys are off inside a transaction, where they cannot be enabled.
    #[cfg(feature = "sqlite")]
    pub fn from_sqlite(mut connection: SqliteConnection) -> Result<Self, DbError> {
        super::sqlite::set_up(&mut connection)?;
        Ok(Self::Sqlite(connection))
    }

    /// Takes over a PostgreSQL connection of the host application. [`Db::with_postgres`] borrows
    /// one instead.
    #[cfg(feature = "postgres")]
    pub fn from_postgres(connection: PgConnection) -> Self {
        Self::Postgres(connection)
    }

    /// Sets PostgreSQL's timeouts, so that no wait is unlimited: `lock` for a lock and six times as
    /// long for a statement. SQLite has its `busy_timeout`.
    pub(crate) fn set_timeouts(&mut self, lock: Duration) -> Result<(), DbError> {
        by_engine!(self, Postgres(connection) => {
            let lock_ms = lock.as_millis();
            connection.batch_execute(&format!(
                "SET lock_timeout = {lock_ms}; SET statement_timeout = {}",
                lock_ms.saturating_mul(6)
            ))?;
        });
        Ok(())
    }

    /// Makes SQLite keep savepoint journals and sorts in memory. A batch changes a few pages for
    /// each write and would first copy each of them to a temporary file.
    pub(crate) fn set_temp_store(&mut self) -> Result<(), DbError> {
        by_engine!(self, Sqlite(connection) => {
            connection.batch_execute("PRAGMA temp_store = MEMORY;")?;
        });
        Ok(())
    }

    /// Raises SQLite's page cache from the default 2 MiB to at most 16 MiB. A batch writes for many
    /// visitors, each of whom uses different pages, and would otherwise read those pages again for
    /// the next batch.
    pub(crate) fn set_cache_size(&mut self) -> Result<(), DbError> {
        by_engine!(self, Sqlite(connection) => {
            connection.batch_execute("PRAGMA cache_size = -16384;")?;
        });
        Ok(())
    }

    /// Makes PostgreSQL find rows by an index wherever there is one.
    ///
    /// It keeps the plan of a prepared statement, also one that was made while the tables were
    /// small. That plan reads whole tables, and each answer would cost more as they grow. The
    /// statements of unicom read few rows by their keys.
    ///
    /// A plan for which there is no index has a huge estimated cost then, for which PostgreSQL
    /// would compile it to machine code (`jit`), which takes longer than any statement of unicom.
    pub(crate) fn set_plans(&mut self) -> Result<(), DbError> {
        by_engine!(self, Postgres(connection) => {
            connection.batch_execute(
                "SET enable_seqscan = off; SET enable_hashjoin = off; \
                 SET enable_mergejoin = off; SET enable_material = off; SET jit = off",
            )?;
        });
        Ok(())
    }

    /// Returns the engine of the connection.
    pub fn engine(&self) -> Engine {
        by_engine!(self, Postgres(_) => Engine::Postgres, Sqlite(_) => Engine::Sqlite)
    }

    /// Checks that PostgreSQL stores every character. SQLite always does.
    ///
    /// # Errors
    /// Returns [`DbError::Unsuitable`] if the database has another encoding than UTF-8, or the
    /// engine's error.
    pub(crate) fn expect_utf8(&mut self) -> Result<(), DbError> {
        #[derive(QueryableByName)]
        struct Setting {
            #[diesel(sql_type = Text)]
            encoding: String,
        }
        by_engine!(self, Postgres(connection) => {
            let setting: Setting =
                diesel::sql_query("SELECT current_setting('server_encoding') AS encoding")
                    .get_result(connection)?;
            if setting.encoding != "UTF8" {
                return Err(DbError::Unsuitable {
                    reason: format!(
                        "its encoding is {}, which has no place for most characters: create one with `CREATE DATABASE … \
                         ENCODING 'UTF8' TEMPLATE template0`",
                        setting.encoding
                    ),
                });
            }
        });
        Ok(())
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
        by_engine!(self, Postgres(connection) => {
            let setting: Setting =
                diesel::sql_query("SELECT current_setting('transaction_read_only') AS read_only")
                    .get_result(connection)?;
            if setting.read_only != "off" {
                return Err(DbError::NotWritable {
                    reason: "PostgreSQL is read-only".to_owned(),
                });
            }
        }, Sqlite(_) => self.ping()?);
        Ok(())
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
