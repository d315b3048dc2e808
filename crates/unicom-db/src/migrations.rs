//! Migrations that are compiled into the program.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::migration::{Migration, MigrationSource};
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::transaction::{begin, commit, rollback};
use crate::error::{POOLED, is_of_another_session, is_read_only};
use crate::tables::{Table, tables};
use crate::{Db, DbError, Engine, by_engine, on_engine};

/// A set of migrations for both engines, and the tables they create.
///
/// The names of a set's migrations consist of a common prefix and a number. The prefix must be
/// unique to the set, since migrations of a host application are recorded in the same table.
#[non_exhaustive]
pub struct Migrations {
    /// The migrations for SQLite.
    pub sqlite: fn() -> EmbeddedMigrations,
    /// The migrations for PostgreSQL.
    pub postgres: fn() -> EmbeddedMigrations,
    /// The tables that exist after all migrations, each after the tables it refers to.
    pub tables: fn() -> Vec<Table>,
}

/// The migrations and tables of unicom.
pub const MIGRATIONS: Migrations = Migrations::new(|| SQLITE, || POSTGRES, tables);

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the PostgreSQL advisory lock that lets one process at a time migrate. An arbitrary
/// constant.
const POSTGRES_LOCK: i64 = 0x756e_6963_6f6d;

impl Migrations {
    /// Creates a set from the migrations for each engine, and the tables that exist after all of
    /// them, each after the tables it refers to.
    pub const fn new(
        sqlite: fn() -> EmbeddedMigrations,
        postgres: fn() -> EmbeddedMigrations,
        tables: fn() -> Vec<Table>,
    ) -> Self {
        Self {
            sqlite,
            postgres,
            tables,
        }
    }

    /// Runs the pending migrations in one transaction, all or none, and returns their number. If
    /// none are pending, it does not wait for writers.
    ///
    /// # Errors
    /// Returns [`DbError::Newer`] if a migration has been applied that this set does not have, or
    /// [`DbError::Migration`] with the engine's message.
    pub fn run(&self, db: &mut Db) -> Result<usize, DbError> {
        if self.pending(db)? == 0 {
            return Ok(0);
        }
        begin(db)?;
        match self.run_pending(db) {
            Ok(ran) => {
                commit(db)?;
                Ok(ran)
            }
            Err(error) => {
                rollback(db)?;
                Err(error)
            }
        }
    }

    /// Returns the number of pending migrations. Changes nothing.
    ///
    /// # Errors
    /// Fails like [`Migrations::run`].
    pub fn pending(&self, db: &mut Db) -> Result<usize, DbError> {
        begin_counting(db)?;
        let pending = self.count_pending(db);
        // Counting creates diesel's table of applied migrations if it is missing.
        rollback(db)?;
        pending
    }

    /// Returns the applied migrations that belong to none of these sets, in order: those of a host
    /// application, which are recorded in the same table. Changes nothing.
    ///
    /// # Errors
    /// Returns [`DbError::Migration`] if the database fails.
    pub fn applied_by_others(db: &mut Db, sets: &[&Self]) -> Result<Vec<String>, DbError> {
        let mut known = Vec::new();
        for set in sets {
            known.extend(set.versions(db.engine())?);
        }
        begin_counting(db)?;
        let applied = on_engine!(db, conn => conn.applied_migrations());
        rollback(db)?;
        let applied = applied.map_err(migration_error)?;
        let mut others: Vec<String> = (applied.iter().map(ToString::to_string))
            .filter(|version| !known.contains(version))
            .collect();
        others.sort();
        Ok(others)
    }

    /// Returns the versions that an engine records for the migrations of this set, in order.
    ///
    /// # Errors
    /// Returns [`DbError::Migration`] if a migration has an invalid name.
    pub fn versions(&self, engine: Engine) -> Result<Vec<String>, DbError> {
        let migrations: Vec<Box<dyn Migration<AnyBackend>>> =
            self.of(engine).migrations().map_err(migration_error)?;
        let mut versions: Vec<_> = migrations
            .iter()
            .map(|migration| migration.name().version().to_string())
            .collect();
        versions.sort();
        Ok(versions)
    }

    fn of(&self, engine: Engine) -> EmbeddedMigrations {
        match engine {
            Engine::Postgres => (self.postgres)(),
            Engine::Sqlite => (self.sqlite)(),
        }
    }

    fn run_pending(&self, db: &mut Db) -> Result<usize, DbError> {
        lock(db)?;
        self.refuse_newer(db)?;
        let migrations = self.of(db.engine());
        let ran =
            on_engine!(db, conn => conn.run_pending_migrations(migrations).map(|all| all.len()));
        ran.map_err(migration_error)
    }

    fn count_pending(&self, db: &mut Db) -> Result<usize, DbError> {
        lock(db)?;
        self.refuse_newer(db)?;
        let migrations = self.of(db.engine());
        let pending =
            on_engine!(db, conn => conn.pending_migrations(migrations).map(|all| all.len()));
        pending.map_err(migration_error)
    }

    /// Returns an error if a later version of unicom has changed the tables.
    fn refuse_newer(&self, db: &mut Db) -> Result<(), DbError> {
        let known = self.versions(db.engine())?;
        let Some(prefix) = known.first().map(|version| without_number(version)) else {
            return Ok(());
        };
        let applied = on_engine!(db, conn => conn.applied_migrations());
        let applied = applied.map_err(migration_error)?;
        let newer = applied
            .iter()
            .map(ToString::to_string)
            .find(|version| without_number(version) == prefix && !known.contains(version));
        match newer {
            Some(migration) => Err(DbError::Newer { migration }),
            None => Ok(()),
        }
    }
}

/// The names of migrations are the same for every backend of diesel.
#[cfg(feature = "sqlite")]
type AnyBackend = diesel::sqlite::Sqlite;
#[cfg(not(feature = "sqlite"))]
type AnyBackend = diesel::pg::Pg;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Begins the transaction in which pending migrations are counted.
///
/// Counting writes only if diesel's table of applied migrations is missing. Otherwise SQLite's
/// write lock is not requested, as it may be unavailable for a long time while a server is busy.
fn begin_counting(db: &mut Db) -> Result<(), DbError> {
    #[derive(QueryableByName)]
    struct Tables {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        tables: i64,
    }
    by_engine!(db, Sqlite(conn) => {
        let query =
            "SELECT count(*) AS tables FROM sqlite_schema WHERE name = '__diesel_schema_migrations'";
        let row: Tables = diesel::sql_query(query).get_result(conn)?;
        if row.tables > 0 {
            return Ok(AnsiTransactionManager::begin_transaction(conn)?);
        }
    });
    Ok(begin(db)?)
}

/// Returns the common prefix of a set's migrations: `unicom` for `unicom0001`.
fn without_number(version: &str) -> &str {
    version.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Lets one process at a time migrate, until the end of the transaction. On SQLite, the write lock
/// taken by `begin` has this effect.
fn lock(db: &mut Db) -> Result<(), DbError> {
    by_engine!(db, Postgres(conn) => {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(POSTGRES_LOCK)
            .execute(conn)?;
    });
    Ok(())
}

fn migration_error(error: AnyError) -> DbError {
    let reason = error.to_string();
    if is_of_another_session(&reason) {
        let reason = POOLED.to_owned();
        return DbError::Unsuitable { reason };
    }
    if is_read_only(&reason) {
        return DbError::NotWritable { reason };
    }
    DbError::Migration { reason }
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Migrations")
    }
}
