//! `Database`: connections, the threads that use them, and the events of committed writes.

use std::sync::{Arc, Once};
use std::time::Duration;

use metrics::{Counter, counter};
use tokio::sync::broadcast;
use unicom_models::UtcTime;

use crate::connection::pool::Pools;
use crate::engine::bus::Bus;
use crate::engine::inline_reads::InlineReads;
use crate::engine::job_queue::{JobQueue, QueueMetrics, start_threads};
use crate::engine::postgres_bus::PostgresBus;
use crate::engine::publisher::Publisher;
use crate::engine::read_job::{ReadJob, read_job, read_loop};
use crate::engine::reply::Reply;
use crate::engine::sqlite_peers;
use crate::engine::text_batches::TextBatches;
use crate::engine::write_job::{Priority, WriteJob, write_job};
use crate::engine::write_metrics::WriteMetrics;
use crate::engine::write_queues::{WriteQueueMetrics, WriteQueues};
use crate::engine::writer::{Writer, write_loop};
use crate::queries::append_texts::{IncomingText, Stored};
use crate::{Clock, ConnectionManager, Db, DbError, Engine, Event, Migrations, Synchronous, Tx};

/// Options of a [`Database`].
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// Reader threads on SQLite, each with a connection. Defaults to 2.
    pub readers: usize,
    /// Connections to PostgreSQL, half for reading and half for writing. Defaults to 16.
    pub connections: usize,
    /// How many closures may wait in each queue. If the queue is full, a closure is refused with
    /// [`DbError::Busy`]. Defaults to 1,024.
    pub queue: usize,
    /// Maximum number of closures that share a commit on SQLite. Defaults to 512, which takes about
    /// 40 ms.
    pub batch: usize,
    /// How long a closure may wait before it is refused with [`DbError::Busy`]. Defaults to 5 s.
    pub queue_timeout: Duration,
    /// When SQLite flushes its writes to disk. Defaults to [`Synchronous::Full`].
    pub synchronous: Synchronous,
    /// The source of the current time. Defaults to the system clock.
    pub clock: Clock,
    /// What tells the processes on the same database of each other's writes. Defaults to
    /// PostgreSQL's `NOTIFY`, and to none on SQLite.
    pub bus: Option<Arc<dyn Bus>>,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            readers: 2,
            connections: 16,
            queue: 1024,
            batch: 512,
            queue_timeout: Duration::from_secs(5),
            synchronous: Synchronous::Full,
            clock: Clock::default(),
            bus: None,
        }
    }
}

/// A database and the threads that work on it.
///
/// Cheap to clone. The threads end when the last clone is dropped.
///
/// Its metrics, such as `unicom_database_writes_total`, go to the recorder of the `metrics` crate
/// that is set when the database is connected: the local one of the calling thread, otherwise the
/// global one. Without a recorder they are discarded.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    url: String,
    engine: Engine,
    readers: JobQueue<Box<dyn ReadJob>>,
    /// Set on SQLite only.
    inline: Option<InlineReads>,
    writers: JobQueue<Box<dyn WriteJob>>,
    /// Set on PostgreSQL only.
    texts: Option<Arc<TextBatches>>,
    /// The queue of writes that yield to interactive ones.
    background_writers: JobQueue<Box<dyn WriteJob>>,
    pools: Pools,
    inline_reads: Counter,
    publisher: Arc<Publisher>,
    clock: Clock,
    /// Whether commits of other processes are watched. Used on SQLite only.
    sqlite_peers: Once,
}

impl Database {
    /// Connects to `sqlite://unicom.db` (created if missing) or `postgres://user@host/name` with
    /// the default options.
    ///
    /// # Errors
    /// Fails like [`Db::connect`] if the first connection fails.
    pub fn connect(url: &str) -> Result<Self, DbError> {
        Self::connect_with(url, DatabaseOptions::default())
    }

    /// Connects with the given options.
    ///
    /// # Errors
    /// Fails like [`Database::connect`].
    pub fn connect_with(url: &str, options: DatabaseOptions) -> Result<Self, DbError> {
        let engine = Engine::of_url(url)?;
        // Connect once up front: the error has the engine's message, while the pool would only
        // report "timed out".
        Db::connect_with(url, options.synchronous)?.expect_utf8()?;
        let (readers, writers, batch) = match engine {
            Engine::Sqlite => (options.readers.max(1), 1, options.batch.max(1)),
            Engine::Postgres => (
                (options.connections / 2).max(1),
                (options.connections / 2).max(1),
                1,
            ),
        };
        let (synchronous, queue_timeout) = (options.synchronous, options.queue_timeout);
        let manager = ConnectionManager::new(url)?
            .with_synchronous(synchronous)
            .with_lock_timeout(queue_timeout);
        let pools = Pools::new(&manager, queue_timeout, readers, writers);

        let inline = (engine == Engine::Sqlite).then(|| InlineReads::new(url, synchronous));
        let bus = options.bus.or_else(|| match engine {
            Engine::Postgres => Some(Arc::new(PostgresBus::new(url)) as Arc<dyn Bus>),
            Engine::Sqlite => None,
        });
        let publisher = Arc::new(Publisher::new(bus)?);
        let queue_metrics = WriteQueueMetrics {
            interactive: Arc::new(QueueMetrics::new("write")),
            background: Arc::new(QueueMetrics::new("write_later")),
        };
        let writer = Writer {
            pool: pools.writing.clone(),
            queue_timeout,
            batch,
            clock: options.clock.clone(),
            publisher: Arc::clone(&publisher),
            metrics: Arc::new(WriteMetrics::new()),
            queue_metrics: queue_metrics.clone(),
        };
        let reading = Arc::new(QueueMetrics::new("read"));
        let (read_queue, reads) = JobQueue::new(options.queue, &reading);
        start_threads("unicom-reader", readers, {
            let pool = pools.reading.clone();
            move || read_loop(&reads, &pool, queue_timeout, &reading)
        })?;
        let (write_queue, interactive) = JobQueue::new(options.queue, &queue_metrics.interactive);
        let (background_queue, background) =
            JobQueue::new(options.queue, &queue_metrics.background);
        let queues = WriteQueues {
            interactive,
            background,
        };
        start_threads("unicom-writer", writers, move || {
            write_loop(&queues, &writer);
        })?;
        let texts = TextBatches::new(options.queue, write_queue.clone());
        Ok(Self(Arc::new(Inner {
            texts: (engine == Engine::Postgres).then(|| Arc::new(texts)),
            url: url.to_owned(),
            engine,
            inline,
            readers: read_queue,
            writers: write_queue,
            background_writers: background_queue,
            pools,
            inline_reads: counter!(
                description: "Short reads that ran on the caller's thread (SQLite)",
                "unicom_database_brief_reads_total"
            ),
            publisher,
            clock: options.clock,
            sqlite_peers: Once::new(),
        })))
    }

    /// Returns the engine of the database.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// Returns the current time of the clock that transactions use.
    pub fn now(&self) -> UtcTime {
        self.0.clock.now()
    }

    /// Returns the current time of leases. Returns `None` if it is that of the database server.
    pub fn lease_time(&self) -> Option<UtcTime> {
        self.0.clock.lease_time(self.0.engine, self.now())
    }

    /// Runs `f` on a reader thread. Each statement of `f` sees what was committed when the
    /// statement began.
    pub fn read<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (job, reply) = read_job(f);
        match self.0.readers.send(job) {
            Ok(()) => reply,
            Err((_, error)) => Reply::refused(error),
        }
    }

    /// Runs `f`, which reads a few rows by their keys: on SQLite immediately on the calling thread,
    /// on PostgreSQL like [`Database::read`].
    ///
    /// Use [`Database::read`] if `f` may read more, since it would block a thread that serves other
    /// requests.
    pub fn read_inline<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.inline {
            Some(inline) => {
                self.0.inline_reads.increment(1);
                Reply::ready(inline.read(f))
            }
            None => self.read(f),
        }
    }

    /// Runs `f` like [`Database::read_inline`] and, on SQLite, caches its result under `key`.
    ///
    /// A cached result is returned until another connection commits, in this or another process. It
    /// therefore always equals what `f` would read now, provided that `f` depends on nothing but
    /// the database and `key`.
    pub fn read_cached<T, E, F>(&self, key: String, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Clone + Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.inline {
            Some(inline) => {
                self.0.inline_reads.increment(1);
                Reply::ready(inline.read_cached(key, f))
            }
            None => self.read(f),
        }
    }

    /// Runs `f` in a write transaction, which is committed as a whole or not at all.
    ///
    /// The reply is sent after the commit, so it describes durable data, and after the
    /// transaction's events are published. An error from `f` rolls the transaction back. `f` must
    /// not wait for anything but the database.
    pub fn write<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        queue_on(&self.0.writers, write_job(Priority::Interactive, f))
    }

    /// Runs `f` like [`Database::write`], but after interactive writes that are waiting. Under
    /// load, at least one write in nine is a background write.
    pub fn write_background<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        queue_on(
            &self.0.background_writers,
            write_job(Priority::Background, f),
        )
    }

    /// Stores a text and its request, and replies with the result of `stored`: on PostgreSQL with a
    /// statement that it shares with other texts. If this is not the usual case, and always on
    /// SQLite, runs `f` in a write transaction instead.
    pub fn write_text<T, E, M, F>(&self, text: IncomingText, stored: M, f: F) -> Reply<T, E>
    where
        M: FnOnce(Stored) -> T + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.texts {
            Some(texts) => texts.write(text, stored, f),
            None => self.write(f),
        }
    }

    /// Runs the pending migrations of each set, in order, and returns their number.
    ///
    /// Safe if several processes start simultaneously. Blocks the thread.
    ///
    /// # Errors
    /// Returns [`DbError::Migration`] if a migration fails, [`DbError::Newer`] if a later version
    /// has migrated the database, or an error if no connection could be established.
    pub fn migrate(&self, sets: &[&Migrations]) -> Result<usize, DbError> {
        let mut db = Db::connect_with(&self.0.url, Synchronous::default())?;
        sets.iter().map(|set| set.run(&mut db)).sum()
    }

    /// Subscribes to the events that this `Database` publishes from now on: those of its writes,
    /// and those that are passed to [`Database::publish`].
    ///
    /// A receiver that is more than 4,096 events behind gets `Lagged`, and has to read the state
    /// from the database. Other processes announce only new work, as [`Event::RemoteWork`].
    ///
    /// ```
    /// use unicom_db::{Database, DbError, Event};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", folder.path().join("unicom.db").display());
    /// let database = Database::connect(&url)?;
    /// let mut events = database.subscribe();
    /// database
    ///     .write(|tx| {
    ///         tx.emit(Event::RemoteWork);
    ///         Ok::<_, DbError>(())
    ///     })
    ///     .wait()?;
    /// // A task awaits `events.recv()` instead.
    /// assert_eq!(events.try_recv()?, Event::RemoteWork);
    /// # Ok(())
    /// # }
    /// ```
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.publisher.subscribe()
    }

    /// Publishes [`Event::RemoteWork`] from now on when another process has written new work.
    ///
    /// On SQLite, processes do not notify each other: within about a second after another process
    /// has committed anything, [`Event::AnythingChanged`] is published as well.
    pub fn listen_to_peers(&self) {
        self.0.publisher.listen_to_peers();
        if self.0.engine == Engine::Sqlite {
            self.0.sqlite_peers.call_once(|| {
                let owner = Arc::downgrade(&self.0);
                let watched = sqlite_peers::watch(owner, |inner: &Inner| {
                    (&inner.pools.writing, &inner.publisher)
                });
                if let Err(error) = watched {
                    log::error!("commits of other processes will not be noticed: {error}");
                }
            });
        }
    }

    /// Publishes the events of a transaction that ran on the caller's connection.
    pub fn publish(&self, events: Vec<Event>) {
        self.0.publisher.publish(events);
    }

    /// Sets the gauges of queue lengths, waiting times and connections to their current values.
    /// Call it before the metrics are exported; all other metrics are always current.
    pub fn refresh_gauges(&self) {
        self.0.readers.refresh_gauges();
        self.0.writers.refresh_gauges();
        self.0.background_writers.refresh_gauges();
        self.0.pools.refresh_gauges();
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({:?})", self.0.engine)
    }
}

fn queue_on<T, E: From<DbError>>(
    queue: &JobQueue<Box<dyn WriteJob>>,
    (job, reply): (Box<dyn WriteJob>, Reply<T, E>),
) -> Reply<T, E> {
    match queue.send(job) {
        Ok(()) => reply,
        Err((_, error)) => Reply::refused(error),
    }
}
