//! [`TestDatabase`]: a fresh, migrated database for one test.

use std::fmt::Debug;

use unicom_db::{Database, DatabaseOptions, Db, DbError, Engine, Migrations, Synchronous, Tx};

/// A fresh, migrated database on SQLite or PostgreSQL. Dropping it deletes the database, even if
/// there are other connections.
///
/// Its functions panic on errors, since a test cannot continue without the database.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    database: Database,
    /// Dropped after `database`, which deletes the file of SQLite or the database on PostgreSQL.
    _storage: Box<dyn Debug + Send + Sync>,
}

impl TestDatabase {
    /// Creates a database on SQLite, as a file in a separate folder.
    ///
    /// # Panics
    /// Panics if the folder or the tables cannot be created.
    #[cfg(feature = "sqlite")]
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
            _storage: Box::new(folder),
        }
    }

    /// Creates a database on SQLite or, if that is not built in, on PostgreSQL.
    ///
    /// # Panics
    /// Panics if the database cannot be created.
    pub fn on_any_engine(sets: &[&Migrations]) -> Self {
        #[cfg(feature = "sqlite")]
        {
            Self::sqlite(sets)
        }
        #[cfg(not(feature = "sqlite"))]
        {
            Self::postgres(sets).unwrap_or_else(|| panic!("there is no PostgreSQL"))
        }
    }

    /// Creates a database on PostgreSQL, copied from a template that is migrated once for each
    /// content of `sets`.
    ///
    /// Returns `None` and prints a line `skipped: …` if there is no PostgreSQL.
    ///
    /// # Panics
    /// Panics if there is no PostgreSQL and [`crate::postgres::postgres_required`] returns `true`,
    /// or if the server refuses.
    #[cfg(feature = "postgres")]
    pub fn postgres(sets: &[&Migrations]) -> Option<Self> {
        use crate::postgres::{Postgres, postgres, postgres_required};
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
        let clone = crate::template::clone(server, sets);
        let url = clone.url();
        let database = connect(&url, options());
        Some(Self {
            url,
            database,
            _storage: Box::new(clone),
        })
    }

    /// Returns the database. It uses the system clock and default options, except that
    /// `synchronous` of SQLite is `NORMAL`.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Opens the database again like [`TestDatabase::connect_with`], with the options of
    /// [`TestDatabase::database`].
    ///
    /// # Panics
    /// Panics if it cannot connect.
    pub fn connect(&self) -> Database {
        self.connect_with(options())
    }

    /// Opens the database again with separate connections and threads, as another process would.
    ///
    /// # Panics
    /// Panics if it cannot connect.
    pub fn connect_with(&self, options: DatabaseOptions) -> Database {
        connect(&self.url, options)
    }

    /// Opens a single connection.
    ///
    /// # Panics
    /// Panics if it cannot connect.
    pub fn connection(&self) -> Db {
        Db::connect(&self.url).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Returns the URL of the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the engine of the database.
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// Reads and waits for the result. In async tests, await [`Database::read`] instead.
    ///
    /// # Panics
    /// Panics if `f` fails.
    pub fn read<T, E, F>(&self, f: F) -> T
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Debug + Send + 'static,
    {
        (self.database.read(f).wait()).unwrap_or_else(|error| panic!("reading failed: {error:?}"))
    }

    /// Writes and waits for the commit. In async tests, await [`Database::write`] instead.
    ///
    /// # Panics
    /// Panics if `f` fails.
    pub fn write<T, E, F>(&self, f: F) -> T
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Debug + Send + 'static,
    {
        (self.database.write(f).wait()).unwrap_or_else(|error| panic!("writing failed: {error:?}"))
    }
}

/// Returns the options of a test database. SQLite need not wait for the disk, since tests do not
/// have to survive a power loss.
pub(crate) fn options() -> DatabaseOptions {
    DatabaseOptions {
        synchronous: Synchronous::Normal,
        ..DatabaseOptions::default()
    }
}

fn connect(url: &str, options: DatabaseOptions) -> Database {
    Database::connect_with(url, options).unwrap_or_else(|error| panic!("{error}"))
}
