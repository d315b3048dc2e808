//! Short reads that run on the calling thread, on SQLite only.
//!
//! Passing a read to a reader thread and its result back takes longer than reading a few rows from
//! an embedded database. Each thread that reads at the same time uses a separate connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::engine::read_cache::ReadCache;
use crate::{Db, DbError, Synchronous};

/// The idle connections for short reads.
pub(crate) struct InlineReads {
    url: String,
    synchronous: Synchronous,
    idle: Mutex<Vec<InlineConnection>>,
}

struct InlineConnection {
    db: Db,
    cache: ReadCache,
}

impl InlineReads {
    /// Creates the connections to the SQLite database at `url` when they are first needed.
    pub fn new(url: &str, synchronous: Synchronous) -> Self {
        Self {
            url: url.to_owned(),
            synchronous,
            idle: Mutex::default(),
        }
    }

    /// Runs `f` on the calling thread.
    pub fn read<T, E>(&self, f: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        self.with_connection(|connection| f(&mut connection.db))
    }

    /// Runs `f` on the calling thread and caches its result under `key` for the connection. Returns
    /// the cached result instead if no other connection has committed since.
    pub fn read_cached<T, E>(
        &self,
        key: String,
        f: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E>
    where
        T: Clone + Send + 'static,
        E: From<DbError>,
    {
        self.with_connection(|connection| {
            if let Some(known) = connection.cache.get(&mut connection.db, &key)? {
                return Ok(known);
            }
            let result: T = f(&mut connection.db)?;
            connection.cache.insert(key, result.clone());
            Ok(result)
        })
    }

    fn with_connection<T, E>(
        &self,
        f: impl FnOnce(&mut InlineConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let mut connection = match known {
            Some(connection) => connection,
            None => InlineConnection {
                db: Db::connect_with(&self.url, self.synchronous)?,
                cache: ReadCache::default(),
            },
        };
        let result = catch_unwind(AssertUnwindSafe(|| f(&mut connection)))
            .unwrap_or_else(|_| Err(DbError::Panicked.into()));
        // After an error, keep the connection only if it still works.
        if result.is_ok() || connection.db.ping().is_ok() {
            idle().push(connection);
        }
        result
    }
}
