//! The connection pools under `Database`: r2d2 over `Db`.

use std::ops::DerefMut;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::figures::PoolFigures;
use crate::tally::{Count, Spread};
use crate::{Db, DbError, Synchronous};

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Reading,
    Writing,
}

/// Makes connections for r2d2 and throws broken ones away.
#[derive(Debug)]
struct Manager {
    url: String,
    synchronous: Synchronous,
    /// How long a statement may wait for a lock.
    patience: Duration,
    purpose: Purpose,
}

/// A connection with a mark for r2d2 not to use it again.
pub(crate) struct Pooled {
    pub db: Db,
    pub broken: bool,
}

/// The connections for one purpose. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: r2d2::Pool<Manager>,
    tally: Arc<Tally>,
}

struct Tally {
    waited: Spread,
    failed: Count,
}

impl Pool {
    /// A connection, once one is free.
    pub fn get(&self) -> Result<impl DerefMut<Target = Pooled>, r2d2::Error> {
        let began = Instant::now();
        let got = self.connections.get();
        self.tally.waited.add_duration(began.elapsed());
        if got.is_err() {
            self.tally.failed.add(1);
        }
        got
    }
}

/// Connections for readers and others for writers: SQLite's only writer finds the pages again that it remembers, which
/// another connection's commit would have it forget.
pub(crate) struct Pools {
    pub reading: Pool,
    pub writing: Pool,
}

impl Pools {
    /// Connections to the database at `url` that are made when they are first needed, and waited for and wait for a lock
    /// for `patience`: as many as there are `readers` and `writers`.
    pub fn new(
        url: &str,
        synchronous: Synchronous,
        patience: Duration,
        readers: usize,
        writers: usize,
    ) -> Self {
        let tally = Arc::new(Tally {
            waited: Spread::of_durations(),
            failed: Count::default(),
        });
        let pool = |purpose, size| {
            let manager = Manager {
                url: url.to_owned(),
                synchronous,
                patience,
                purpose,
            };
            let connections = r2d2::Pool::builder()
                .max_size(u32::try_from(size).unwrap_or(u32::MAX))
                .min_idle(Some(0))
                .test_on_check_out(false)
                .connection_timeout(patience)
                .error_handler(Box::new(LogUnavailable))
                .build_unchecked(manager);
            Pool {
                connections,
                tally: Arc::clone(&tally),
            }
        };
        Self {
            reading: pool(Purpose::Reading, readers),
            writing: pool(Purpose::Writing, writers),
        }
    }

    /// How many connections there are, and how they were waited for.
    pub fn figures(&self) -> PoolFigures {
        let states = [&self.reading, &self.writing].map(|pool| pool.connections.state());
        let tally = &self.reading.tally;
        PoolFigures {
            connections: states.iter().map(|state| state.connections).sum(),
            idle: states.iter().map(|state| state.idle_connections).sum(),
            waited: tally.waited.figures(),
            failed: tally.failed.get(),
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
        if self.purpose == Purpose::Writing {
            db.remember_pages()?;
        }
        Ok(Pooled { db, broken: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), DbError> {
        pooled.db.ping()
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken || std::thread::panicking()
    }
}

#[derive(Debug)]
struct LogUnavailable;

impl r2d2::HandleError<DbError> for LogUnavailable {
    fn handle_error(&self, error: DbError) {
        log::warn!("{error}");
    }
}
