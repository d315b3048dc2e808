//! Brief reads: a few rows that SQLite has at hand, read where they are asked for.
//!
//! Handing a read to a reading thread and its result back takes longer than reading a few rows of a database that lives
//! in this process. Each thread that asks at the same time takes a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::{Db, DbError, Synchronous};

/// The connections for brief reads that nobody uses right now.
pub(crate) struct BriefReads {
    url: String,
    synchronous: Synchronous,
    idle: Mutex<Vec<Db>>,
}

impl BriefReads {
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
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let mut db = match known {
            Some(db) => db,
            None => Db::connect_with(&self.url, self.synchronous)?,
        };
        let result = catch_unwind(AssertUnwindSafe(|| f(&mut db)))
            .unwrap_or_else(|_| Err(DbError::Panicked.into()));
        // After a failure, the connection may be what has failed.
        if result.is_ok() || db.ping().is_ok() {
            idle().push(db);
        }
        result
    }
}
