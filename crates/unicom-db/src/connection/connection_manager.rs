//! `ConnectionManager`: r2d2 pools of [`Db`] connections.

use std::time::Duration;

use crate::connection::transaction::depth;
use crate::{Db, DbError, Engine, Synchronous};

/// Opens connections for an r2d2 pool of a host application, set up like those of
/// [`Database`](crate::Database).
///
/// On SQLite that is a write-ahead log, foreign keys, a wait of up to 5 s for other writers, and
/// savepoints in memory. On PostgreSQL it is a limit on waits for locks and, six times as long, on
/// statements. A connection that is returned inside a transaction, or after a panic, is closed.
///
/// ```
/// use unicom_db::{ConnectionManager, MIGRATIONS, transaction};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}", folder.path().join("host.db").display());
/// let pool = r2d2::Pool::builder().max_size(4).build(ConnectionManager::new(url)?)?;
/// let mut db = pool.get()?;
/// MIGRATIONS.run(&mut db)?;
/// transaction(&mut db, |tx| {
///     // What the host and unicom write here is committed together.
///     tx.ping()
/// })?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConnectionManager {
    url: String,
    synchronous: Synchronous,
    lock_timeout: Duration,
}

impl ConnectionManager {
    /// Connects to `sqlite://unicom.db` (created if missing) or `postgres://user@host/name`, once
    /// the pool needs connections.
    ///
    /// # Errors
    /// Fails like [`Engine::of_url`].
    pub fn new(url: impl Into<String>) -> Result<Self, DbError> {
        let url = url.into();
        Engine::of_url(&url)?;
        Ok(Self {
            url,
            synchronous: Synchronous::default(),
            lock_timeout: Duration::from_secs(5),
        })
    }

    /// Sets when SQLite flushes its writes to disk. Defaults to [`Synchronous::Full`].
    #[must_use]
    pub fn with_synchronous(self, synchronous: Synchronous) -> Self {
        Self {
            synchronous,
            ..self
        }
    }

    /// Sets how long a statement may wait for a lock on PostgreSQL. Defaults to 5 s.
    #[must_use]
    pub fn with_lock_timeout(self, lock_timeout: Duration) -> Self {
        Self {
            lock_timeout,
            ..self
        }
    }
}

impl r2d2::ManageConnection for ConnectionManager {
    type Connection = Db;
    type Error = DbError;

    fn connect(&self) -> Result<Db, DbError> {
        let mut db = Db::connect_with(&self.url, self.synchronous)?;
        db.set_timeouts(self.lock_timeout)?;
        db.set_temp_store()?;
        Ok(db)
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), DbError> {
        db.ping()
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        depth(db) != Some(0) || std::thread::panicking()
    }
}

impl std::fmt::Debug for ConnectionManager {
    /// Omits the URL, which may have a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionManager")
            .field("synchronous", &self.synchronous)
            .field("lock_timeout", &self.lock_timeout)
            .finish_non_exhaustive()
    }
}
