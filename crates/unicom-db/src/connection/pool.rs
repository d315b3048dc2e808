//! The connection pools of `Database`: r2d2 with [`Db`] connections.

use std::ops::DerefMut;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::{ConnectionManager, Db, DbError, Engine, on_engine};

/// The purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Reading,
    Writing,
}

/// Opens connections for r2d2 and discards broken ones.
#[derive(Debug)]
struct Manager {
    connections: ConnectionManager,
    purpose: Purpose,
}

/// A connection, and whether r2d2 must discard it.
pub(crate) struct Pooled {
    pub db: Db,
    pub broken: bool,
    /// When the connection was last taken from the pool. `None` before the first time.
    taken_at: Option<Instant>,
}

/// How long a connection to PostgreSQL may be idle before it is tested: the server may have
/// restarted meanwhile, and a read that fails halfway cannot be repeated.
const UNTESTED_IDLE: Duration = Duration::from_millis(100);

impl Pooled {
    /// Returns `true` if the connection still works, and notes that it is taken now.
    fn is_alive(&mut self) -> bool {
        let was_idle = self.taken_at.replace(Instant::now());
        self.db.engine() == Engine::Sqlite
            || was_idle.is_none_or(|since| since.elapsed() < UNTESTED_IDLE)
            || self.test().is_ok()
    }

    /// Sends a statement that is easy to tell from those of requests.
    fn test(&mut self) -> QueryResult<()> {
        on_engine!(&mut self.db, conn => conn.batch_execute("SELECT 1; -- is the connection open?"))
    }
}

/// The connections for one purpose. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: r2d2::Pool<Manager>,
    metrics: Arc<PoolMetrics>,
}

struct PoolMetrics {
    idle: Gauge,
    used: Gauge,
    waited: Histogram,
    failed: Counter,
}

impl Pool {
    /// Returns an idle connection, or `None` if there is none now.
    pub fn try_get(&self) -> Option<impl DerefMut<Target = Pooled>> {
        self.connections.try_get()
    }

    /// Waits for an idle connection that works and returns it.
    pub fn get(&self) -> Result<impl DerefMut<Target = Pooled>, r2d2::Error> {
        let began = Instant::now();
        let mut got = self.connections.get();
        while let Ok(pooled) = &mut got
            && !pooled.is_alive()
        {
            pooled.broken = true;
            drop(got);
            got = self.connections.get();
        }
        self.metrics.waited.record(began.elapsed());
        if got.is_err() {
            self.metrics.failed.increment(1);
        }
        got
    }
}

/// Separate pools for readers and writers: the page cache of SQLite's only writer stays valid,
/// which a commit on another connection would invalidate.
pub(crate) struct Pools {
    pub reading: Pool,
    pub writing: Pool,
}

impl Pools {
    /// Creates pools with up to `readers` and `writers` connections, which are opened when first
    /// needed. `queue_timeout` limits the wait for a connection.
    pub fn new(
        manager: &ConnectionManager,
        queue_timeout: Duration,
        readers: usize,
        writers: usize,
    ) -> Self {
        let gauge_of = |state| {
            gauge!(
                description: "Connections in the pool",
                "unicom_database_connections",
                "state" => state
            )
        };
        let metrics = Arc::new(PoolMetrics {
            idle: gauge_of("idle"),
            used: gauge_of("used"),
            waited: histogram!(
                description: "Time that database threads waited for a connection",
                "unicom_database_connection_wait_seconds"
            ),
            failed: counter!(
                description: "Waits that timed out without a connection",
                "unicom_database_connection_failures_total"
            ),
        });
        let pool = |purpose, size| {
            let manager = Manager {
                connections: manager.clone(),
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
                metrics: Arc::clone(&metrics),
            }
        };
        Self {
            reading: pool(Purpose::Reading, readers),
            writing: pool(Purpose::Writing, writers),
        }
    }

    /// Sets the gauges of idle and used connections to their current number.
    pub fn refresh_gauges(&self) {
        let states = [&self.reading, &self.writing].map(|pool| pool.connections.state());
        let open: u32 = states.iter().map(|state| state.connections).sum();
        let idle: u32 = states.iter().map(|state| state.idle_connections).sum();
        let metrics = &self.reading.metrics;
        metrics.idle.set(idle);
        metrics.used.set(open.saturating_sub(idle));
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        let mut db = self.connections.connect()?;
        db.set_plans()?;
        if self.purpose == Purpose::Writing {
            db.set_cache_size()?;
        }
        Ok(Pooled {
            db,
            broken: false,
            taken_at: None,
        })
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
