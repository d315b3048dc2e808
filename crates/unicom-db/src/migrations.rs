//! The tables, brought up to date by migrations that are compiled in.

use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::transaction::{begin, commit, rollback};
use crate::tables::{Table, tables};
use crate::{Db, DbError, Engine};

/// A set of migrations, the same steps in each engine's words, and the tables that they make.
///
/// The names of a set's migrations begin alike, up to their number, and like those of no other set: the hosts keep theirs
/// in the same table.
pub struct Migrations {
    /// For SQLite.
    pub sqlite: fn() -> EmbeddedMigrations,
    /// For PostgreSQL.
    pub postgres: fn() -> EmbeddedMigrations,
    /// The tables that are there in the end, each behind those that it refers to.
    pub tables: fn() -> Vec<Table>,
}

/// The tables of unicom's nouns.
pub const MIGRATIONS: Migrations = Migrations {
    sqlite: || SQLITE,
    postgres: || POSTGRES,
    tables,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any constant of our own: PostgreSQL's advisory lock under which one process at a time migrates.
const POSTGRES_LOCK: i64 = 0x756e_6963_6f6d;

impl Migrations {
    /// Runs what has not run yet, in one transaction: all of it, or nothing. How many ran. Where there is nothing to run, it
    /// does not wait for those who write.
    ///
    /// # Errors
    /// [`DbError::Newer`] where one ran that is not in this set; [`DbError::Migration`] with the engine's words.
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

    /// How many migrations have not run yet. Changes nothing.
    ///
    /// # Errors
    /// As [`Migrations::run`].
    pub fn pending(&self, db: &mut Db) -> Result<usize, DbError> {
        begin_counting(db)?;
        let pending = self.count_pending(db);
        // Counting makes the table of what has run, where it is missing.
        rollback(db)?;
        pending
    }

    /// The names by which an engine knows the migrations of this set, in their order.
    pub(crate) fn versions(&self, engine: Engine) -> Result<Vec<String>, DbError> {
        match engine {
            Engine::Postgres => versions::<Pg>(&(self.postgres)()),
            Engine::Sqlite => versions::<Sqlite>(&(self.sqlite)()),
        }
        .map_err(migration_error)
    }

    fn run_pending(&self, db: &mut Db) -> Result<usize, DbError> {
        lock(db)?;
        self.refuse_newer(db)?;
        let ran = match db {
            Db::Postgres(conn) => conn.run_pending_migrations((self.postgres)()),
            Db::Sqlite(conn) => conn.run_pending_migrations((self.sqlite)()),
        };
        Ok(ran.map_err(migration_error)?.len())
    }

    fn count_pending(&self, db: &mut Db) -> Result<usize, DbError> {
        lock(db)?;
        self.refuse_newer(db)?;
        let pending = match db {
            Db::Postgres(conn) => conn
                .pending_migrations((self.postgres)())
                .map(|all| all.len()),
            Db::Sqlite(conn) => conn
                .pending_migrations((self.sqlite)())
                .map(|all| all.len()),
        };
        pending.map_err(migration_error)
    }

    /// Tables that a later version has changed are not what this one takes them for.
    fn refuse_newer(&self, db: &mut Db) -> Result<(), DbError> {
        let known = self.versions(db.engine())?;
        let Some(prefix) = known.first().map(|version| without_number(version)) else {
            return Ok(());
        };
        let applied = match db {
            Db::Postgres(conn) => conn.applied_migrations(),
            Db::Sqlite(conn) => conn.applied_migrations(),
        };
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

type AnyError = Box<dyn std::error::Error + Send + Sync>;

fn versions<DB: Backend>(source: &impl MigrationSource<DB>) -> Result<Vec<String>, AnyError> {
    let migrations = source.migrations()?;
    let mut versions: Vec<_> = migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    versions.sort();
    Ok(versions)
}

/// Counting writes only where the table of what has run is missing: elsewhere, SQLite's write lock is not asked for, which
/// one may not get for long while a server is busy.
fn begin_counting(db: &mut Db) -> Result<(), DbError> {
    #[derive(QueryableByName)]
    struct Tables {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        tables: i64,
    }
    let Db::Sqlite(conn) = db else {
        return Ok(begin(db)?);
    };
    let query =
        "SELECT count(*) AS tables FROM sqlite_schema WHERE name = '__diesel_schema_migrations'";
    let row: Tables = diesel::sql_query(query).get_result(conn)?;
    Ok(match row.tables {
        0 => begin(db),
        _ => AnsiTransactionManager::begin_transaction(conn),
    }?)
}

/// What the names of a set have in common: `unicom` of `unicom0001`.
fn without_number(version: &str) -> &str {
    version.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// One process at a time, until the end of the transaction. SQLite's write lock, taken by `begin`, does the same.
fn lock(db: &mut Db) -> Result<(), DbError> {
    if let Db::Postgres(conn) = db {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(POSTGRES_LOCK)
            .execute(conn)?;
    }
    Ok(())
}

fn migration_error(error: AnyError) -> DbError {
    DbError::Migration {
        reason: error.to_string(),
    }
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Migrations")
    }
}
