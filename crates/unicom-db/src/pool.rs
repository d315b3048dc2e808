//! The connection pool under `Database`: r2d2 over `Db`.

use std::time::Duration;

use crate::{Db, DbError, Synchronous};

/// Makes connections for r2d2 and throws broken ones away.
#[derive(Debug)]
pub(crate) struct Manager {
    pub url: String,
    pub synchronous: Synchronous,
    /// How long a statement may wait for a lock.
    pub patience: Duration,
}

/// A connection with a mark for r2d2 not to use it again.
pub(crate) struct Pooled {
    pub db: Db,
    pub broken: bool,
}

pub(crate) type Pool = r2d2::Pool<Manager>;

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        let mut db = Db::connect_with(&self.url, self.synchronous)?;
        db.bound_waits(self.patience)?;
        Ok(Pooled { db, broken: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), DbError> {
        pooled.db.ping()
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken || std::thread::panicking()
    }
}

/// A pool that makes its connections when they are first needed and waits `patience` for one.
pub(crate) fn new(manager: Manager, size: u32, patience: Duration) -> Pool {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(patience)
        .error_handler(Box::new(LogUnavailable))
        .build_unchecked(manager)
}

#[derive(Debug)]
struct LogUnavailable;

impl r2d2::HandleError<DbError> for LogUnavailable {
    fn handle_error(&self, error: DbError) {
        log::warn!("{error}");
    }
}
