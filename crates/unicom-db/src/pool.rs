//! The connection pool under `Database`: r2d2 over `Db`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::figures::PoolFigures;
use crate::tally::{Count, Spread};
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

/// The pool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: r2d2::Pool<Manager>,
    waited: Arc<Spread>,
    failed: Arc<Count>,
}

impl Pool {
    /// A connection, once one is free.
    pub fn get(&self) -> Result<r2d2::PooledConnection<Manager>, r2d2::Error> {
        let began = Instant::now();
        let got = self.connections.get();
        self.waited.add_duration(began.elapsed());
        if got.is_err() {
            self.failed.add(1);
        }
        got
    }

    /// How many connections there are, and how they were waited for.
    pub fn figures(&self) -> PoolFigures {
        let state = self.connections.state();
        PoolFigures {
            connections: state.connections,
            idle: state.idle_connections,
            waited: self.waited.figures(),
            failed: self.failed.get(),
        }
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        let mut db = Db::connect_with(&self.url, self.synchronous)?;
        db.bound_waits(self.patience)?;
        db.undo_in_memory()?;
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
    let connections = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(patience)
        .error_handler(Box::new(LogUnavailable))
        .build_unchecked(manager);
    Pool {
        connections,
        waited: Arc::new(Spread::of_durations()),
        failed: Arc::default(),
    }
}

#[derive(Debug)]
struct LogUnavailable;

impl r2d2::HandleError<DbError> for LogUnavailable {
    fn handle_error(&self, error: DbError) {
        log::warn!("{error}");
    }
}
