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
    /// Runs what has not run yet, in one transaction: all of it, or nothing.
    ///
    /// # Errors
    /// [`DbError::Migration`] with the engine's words.
    pub fn run(&self, db: &mut Db) -> Result<(), DbError> {
        begin(db)?;
        match self.run_pending(db) {
            Ok(()) => Ok(commit(db)?),
            Err(reason) => {
                rollback(db)?;
                Err(DbError::Migration { reason })
            }
        }
    }

    /// How many migrations have not run yet.
    ///
    /// # Errors
    /// [`DbError::Migration`] with the engine's words.
    pub fn pending(&self, db: &mut Db) -> Result<usize, DbError> {
        let pending = match db {
            Db::Postgres(conn) => conn
                .pending_migrations((self.postgres)())
                .map(|pending| pending.len()),
            Db::Sqlite(conn) => conn
                .pending_migrations((self.sqlite)())
                .map(|pending| pending.len()),
        };
        pending.map_err(|error| DbError::Migration {
            reason: error.to_string(),
        })
    }

    fn run_pending(&self, db: &mut Db) -> Result<(), String> {
        match db {
            Db::Postgres(conn) => {
                // Released at the end of the transaction. SQLite's write lock, taken by `begin`, does the same.
                diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                    .bind::<diesel::sql_types::BigInt, _>(POSTGRES_LOCK)
                    .execute(conn)
                    .map_err(|error| error.to_string())?;
                conn.run_pending_migrations((self.postgres)())
                    .map_err(|error| error.to_string())?;
            }
            Db::Sqlite(conn) => {
                conn.run_pending_migrations((self.sqlite)())
                    .map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Migrations")
    }
}
