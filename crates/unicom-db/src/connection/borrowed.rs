//! unicom on a connection that a host application lends for a while.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use replace_with::replace_with_or_abort_and_return;

use crate::{Db, DbError};

/// Moves the connection into a `Db` for the duration of `$f`, and back.
macro_rules! lend {
    ($connection:expr, $variant:ident, $f:expr) => {{
        let f = $f;
        let result = replace_with_or_abort_and_return($connection, |connection| {
            let mut db = Db::$variant(connection);
            let result = catch_unwind(AssertUnwindSafe(|| f(&mut db)));
            match db {
                Db::$variant(connection) => (result, connection),
                // `f` has exchanged its `Db` for a connection to another engine.
                #[cfg(all(feature = "sqlite", feature = "postgres"))]
                _ => std::process::abort(),
            }
        });
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }};
}

impl Db {
    /// Runs `f` on a SQLite connection that stays the host's, for example inside a transaction that
    /// the host has begun.
    ///
    /// The connection keeps the host's settings, such as `busy_timeout` and the journal mode, but
    /// foreign keys are enabled. That is impossible inside a transaction, so enable them before
    /// one. SQL functions of unicom are registered. A [`transaction`](crate::transaction) of
    /// `f` becomes a savepoint of the host's transaction, and its events are for
    /// [`Database::publish`](crate::Database::publish) after the host's commit. A panic of `f` is
    /// passed on, and the connection is the host's again.
    ///
    /// # Errors
    /// Returns [`DbError::Unavailable`] if foreign keys are off and cannot be enabled, and the
    /// errors of `f`.
    ///
    /// ```
    /// use diesel::prelude::*;
    /// use unicom_db::{Db, DbError, MIGRATIONS, transaction};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut connection = SqliteConnection::establish(":memory:")?;
    /// Db::with_sqlite(&mut connection, |db| MIGRATIONS.run(db))?;
    /// connection.transaction(|connection| {
    ///     diesel::sql_query("CREATE TABLE orders (number INTEGER)").execute(connection)?;
    ///     Db::with_sqlite(connection, |db| transaction(db, |tx| tx.ping()))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sqlite")]
    pub fn with_sqlite<T, E: From<DbError>>(
        connection: &mut diesel::SqliteConnection,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        super::sqlite::set_up(connection)?;
        lend!(connection, Sqlite, f)
    }

    /// Runs `f` on a PostgreSQL connection that stays the host's, for example inside a transaction
    /// that the host has begun.
    ///
    /// The connection keeps the host's settings, such as `lock_timeout`. A
    /// [`transaction`](crate::transaction) of `f` becomes a savepoint of the host's transaction,
    /// and its events are for [`Database::publish`](crate::Database::publish) after the host's
    /// commit. A panic of `f` is passed on, and the connection is the host's again.
    ///
    /// # Errors
    /// Returns the errors of `f`.
    ///
    /// ```no_run
    /// use diesel::prelude::*;
    /// use unicom_db::{Db, DbError, transaction};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut connection = PgConnection::establish("postgres://localhost/shop")?;
    /// connection.transaction(|connection| {
    ///     diesel::sql_query("INSERT INTO orders VALUES (1)").execute(connection)?;
    ///     Db::with_postgres(connection, |db| transaction(db, |tx| tx.ping()))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "postgres")]
    pub fn with_postgres<T, E: From<DbError>>(
        connection: &mut diesel::PgConnection,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        lend!(connection, Postgres, f)
    }
}
