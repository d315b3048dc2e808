//! `TestDatabase`: a fresh, migrated database for one test.

use std::fmt::Debug;

use tempfile::TempDir;
use unicom_db::{Database, DatabaseOptions, Db, DbError, Engine, Migrations, Synchronous, Tx};

use crate::postgres::{Postgres, postgres, postgres_required};
use crate::template;

/// A fresh, migrated database on SQLite or PostgreSQL. Dropping it deletes it, whoever is still connected.
///
/// It panics where it cannot be had: a test has no other way to go on.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    database: Database,
    /// On SQLite. Dropping it, after `database`, deletes the file.
    _folder: Option<TempDir>,
    /// On PostgreSQL. Dropping it, after `database`, deletes the database.
    _clone: Option<template::Clone>,
}

impl TestDatabase {
    /// A database on SQLite, a file in a folder of its own.
    ///
    /// # Panics
    /// Where the folder or the tables cannot be made.
    pub fn sqlite(sets: &[&Migrations]) -> Self {
        let folder = tempfile::tempdir()
            .unwrap_or_else(|error| panic!("cannot make a temporary folder: {error}"));
        let url = format!("sqlite://{}", folder.path().join("unicom.db").display());
        let database = connect(&url, options());
        database
            .migrate(sets)
            .unwrap_or_else(|error| panic!("{error}"));
        Self {
            url,
            database,
            _folder: Some(folder),
            _clone: None,
        }
    }

    /// A database on PostgreSQL, copied from a template that is migrated once for each content of `sets`.
    ///
    /// None, after a line `skipped: …`, where there is no PostgreSQL.
    ///
    /// # Panics
    /// Where there is none and [`postgres_required`], or where the server refuses.
    pub fn postgres(sets: &[&Migrations]) -> Option<Self> {
        let server = match postgres() {
            Postgres::Url(url) => url,
            Postgres::Missing(why) if postgres_required() => {
                panic!("PostgreSQL is required: {why}")
            }
            Postgres::Missing(why) => {
                println!("skipped: {why}");
                return None;
            }
        };
        let clone = template::clone(server, sets);
        let url = clone.url();
        let database = connect(&url, options());
        Some(Self {
            url,
            database,
            _folder: None,
            _clone: Some(clone),
        })
    }

    /// The database, with the system's clock and default options but for SQLite's `synchronous`, which is `NORMAL`.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The same tables through connections and threads of their own, as another process would have them.
    ///
    /// # Panics
    /// Where no connection can be had.
    pub fn connect_with(&self, options: DatabaseOptions) -> Database {
        connect(&self.url, options)
    }

    /// A single connection.
    ///
    /// # Panics
    /// Where none can be had.
    pub fn connection(&self) -> Db {
        Db::connect(&self.url).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The engine it is on.
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// Reads, and waits for the result. Not for async tests: there, await [`Database::read`].
    ///
    /// # Panics
    /// Where `f` fails.
    pub fn read<T, E, F>(&self, f: F) -> T
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Debug + Send + 'static,
    {
        (self.database.read(f).wait()).unwrap_or_else(|error| panic!("reading failed: {error:?}"))
    }

    /// Writes, and waits for the commit. Not for async tests: there, await [`Database::write`].
    ///
    /// # Panics
    /// Where `f` fails.
    pub fn write<T, E, F>(&self, f: F) -> T
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Debug + Send + 'static,
    {
        (self.database.write(f).wait()).unwrap_or_else(|error| panic!("writing failed: {error:?}"))
    }
}

/// A test never has its power cut, so SQLite need not wait for the disk.
pub(crate) fn options() -> DatabaseOptions {
    DatabaseOptions {
        synchronous: Synchronous::Normal,
        ..DatabaseOptions::default()
    }
}

fn connect(url: &str, options: DatabaseOptions) -> Database {
    Database::connect_with(url, options).unwrap_or_else(|error| panic!("{error}"))
}
