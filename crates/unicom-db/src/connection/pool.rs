//! The connection pools under `Database`: r2d2 over `Db`.

use std::ops::DerefMut;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::metrics::PoolMetrics;
use crate::metrics::counters::{Counter, Histogram};
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
    queue_timeout: Duration,
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
    counters: Arc<PoolCounters>,
}

struct PoolCounters {
    waited: Histogram,
    failed: Counter,
}

impl Pool {
    /// A connection, once one is free.
    pub fn get(&self) -> Result<impl DerefMut<Target = Pooled>, r2d2::Error> {
        let began = Instant::now();
        let got = self.connections.get();
        self.counters.waited.add_duration(began.elapsed());
        if got.is_err() {
            self.counters.failed.add(1);
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
    /// for `queue_timeout`: as many as there are `readers` and `writers`.
    pub fn new(
        url: &str,
        synchronous: Synchronous,
        queue_timeout: Duration,
        readers: usize,
        writers: usize,
    ) -> Self {
        let counters = Arc::new(PoolCounters {
            waited: Histogram::of_durations(),
            failed: Counter::default(),
        });
        let pool = |purpose, size| {
            let manager = Manager {
                url: url.to_owned(),
                synchronous,
                queue_timeout,
                purpose,
            };
            let connections = r2d2::Pool::builder()
                .max_size(u32::try_from(size).unwrap_or(u32::MAX))
                .min_idle(Some(0))
                .test_on_check_out(false)
                .connection_timeout(queue_timeout)
                .error_handler(Box::new(LogUnavailable))
                .build_unchecked(manager);
            Pool {
                connections,
                counters: Arc::clone(&counters),
            }
        };
        Self {
            reading: pool(Purpose::Reading, readers),
            writing: pool(Purpose::Writing, writers),
        }
    }

    /// How many connections there are, and how they were waited for.
    pub fn snapshot(&self) -> PoolMetrics {
        let states = [&self.reading, &self.writing].map(|pool| pool.connections.state());
        let counters = &self.reading.counters;
        PoolMetrics {
            connections: states.iter().map(|state| state.connections).sum(),
            idle: states.iter().map(|state| state.idle_connections).sum(),
            waited: counters.waited.snapshot(),
            failed: counters.failed.get(),
        }
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        let mut db = Db::connect_with(&self.url, self.synchronous)?;
        db.set_timeouts(self.queue_timeout)?;
        db.set_temp_store()?;
        if self.purpose == Purpose::Writing {
            db.set_cache_size()?;
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
