//! Brief reads: a few rows that SQLite has at hand, read where they are asked for.
//!
//! Handing a read to a reading thread and its result back takes longer than reading a few rows of a database that lives
//! in this process. Each thread that asks at the same time takes a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::engine::read_cache::ReadCache;
use crate::{Db, DbError, Synchronous};

/// The connections for brief reads that nobody uses right now.
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
    /// On the SQLite database at `url`. Connections are made when they are first needed.
    pub fn new(url: &str, synchronous: Synchronous) -> Self {
        Self {
            url: url.to_owned(),
            synchronous,
            idle: Mutex::default(),
        }
    }

    /// Runs `f` on this thread.
    pub fn read<T, E>(&self, f: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        self.with_connection(|connection| f(&mut connection.db))
    }

    /// The same; but where nobody has committed since it ran under this key, on the connection that is at hand, its
    /// result is given again.
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
        // After a failure, the connection may be what has failed.
        if result.is_ok() || connection.db.ping().is_ok() {
            idle().push(connection);
        }
        result
    }
}
