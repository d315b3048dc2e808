//! The tables, brought up to date by migrations that are compiled in.

use diesel::RunQueryDsl;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::transaction::{begin, commit, rollback};
use crate::{Db, DbError};

/// A set of migrations, the same steps in each engine's words.
pub struct Migrations {
    /// For SQLite.
    pub sqlite: fn() -> EmbeddedMigrations,
    /// For PostgreSQL.
    pub postgres: fn() -> EmbeddedMigrations,
}

/// The tables of unicom's nouns.
pub const MIGRATIONS: Migrations = Migrations {
    sqlite: || SQLITE,
    postgres: || POSTGRES,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any constant of our own: PostgreSQL's advisory lock under which one process at a time migrates.
const POSTGRES_LOCK: i64 = 0x756e_6963_6f6d;

impl Migrations {
    /// Runs what has not run yet, in one transaction: all of it, or nothing. How many ran.
    ///
    /// # Errors
    /// [`DbError::Migration`] with the engine's words.
    pub fn run(&self, db: &mut Db) -> Result<usize, DbError> {
        begin(db)?;
        match self.run_pending(db) {
            Ok(ran) => {
                commit(db)?;
                Ok(ran)
            }
            Err(error) => {
                rollback(db)?;
                Err(migration_error(error))
            }
        }
    }

    /// How many migrations have not run yet. Changes nothing.
    ///
    /// # Errors
    /// [`DbError::Migration`] with the engine's words.
    pub fn pending(&self, db: &mut Db) -> Result<usize, DbError> {
        begin(db)?;
        let pending = self.count_pending(db);
        // Counting makes the table of what has run, where it is missing.
        rollback(db)?;
        pending.map_err(migration_error)
    }

    fn run_pending(&self, db: &mut Db) -> Result<usize, AnyError> {
        lock(db)?;
        let ran = match db {
            Db::Postgres(conn) => conn.run_pending_migrations((self.postgres)())?,
            Db::Sqlite(conn) => conn.run_pending_migrations((self.sqlite)())?,
        };
        Ok(ran.len())
    }

    fn count_pending(&self, db: &mut Db) -> Result<usize, AnyError> {
        lock(db)?;
        match db {
            Db::Postgres(conn) => Ok(conn.pending_migrations((self.postgres)())?.len()),
            Db::Sqlite(conn) => Ok(conn.pending_migrations((self.sqlite)())?.len()),
        }
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// One process at a time, until the end of the transaction. SQLite's write lock, taken by `begin`, does the same.
fn lock(db: &mut Db) -> Result<(), AnyError> {
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
