//! `Database`: connections, the threads that use them, and whoever listens to what is written.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use unicom_models::UtcTime;

use crate::connection::pool::Pools;
use crate::engine::inline_reads::InlineReads;
use crate::engine::job_queue::{JobQueue, QueueCounters, start_threads};
use crate::engine::notify::PeerNotifier;
use crate::engine::read_job::{ReadJob, read_job, read_loop};
use crate::engine::reply::Reply;
use crate::engine::write_job::{Priority, WriteJob, write_job};
use crate::engine::write_queues::{WriteQueueStats, WriteQueues};
use crate::engine::writer::{Writer, write_loop};
use crate::metrics::DatabaseMetrics;
use crate::metrics::counters::{Counter, EventCounters, WriteCounters};
use crate::{Db, DbError, Engine, Event, Migrations, SingleStatement, Synchronous, Tx};

/// Events kept for a listener that is slow; one further behind is told that it missed some.
const EVENT_BACKLOG: usize = 4096;

/// How a [`Database`] uses its engine.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// Threads that read on SQLite, each with a connection. Defaults to 2.
    pub readers: usize,
    /// Connections to PostgreSQL, half for reading and half for writing. Defaults to 16.
    pub connections: usize,
    /// Closures that may wait for a thread; one more is [`DbError::Busy`]. Defaults to 1,024.
    pub queue: usize,
    /// Closures that share a commit on SQLite at the most. Defaults to 512, which takes some 40 ms.
    pub batch: usize,
    /// How long a closure may wait before it is refused as [`DbError::Busy`]. Defaults to 5 s.
    pub queue_timeout: Duration,
    /// When SQLite forces its writes to the disk.
    pub synchronous: Synchronous,
    /// Where the time comes from. Defaults to the system clock.
    pub clock: Arc<dyn Fn() -> UtcTime + Send + Sync>,
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
            clock: Arc::new(UtcTime::now),
        }
    }
}

impl std::fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseOptions")
            .field("readers", &self.readers)
            .field("connections", &self.connections)
            .field("queue", &self.queue)
            .field("batch", &self.batch)
            .field("patience", &self.queue_timeout)
            .field("synchronous", &self.synchronous)
            .finish_non_exhaustive()
    }
}

/// A database and the threads that work on it. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    url: String,
    engine: Engine,
    readers: JobQueue<Box<dyn ReadJob>>,
    /// On SQLite.
    inline: Option<InlineReads>,
    writers: JobQueue<Box<dyn WriteJob>>,
    /// For writes that may wait for those.
    background_writers: JobQueue<Box<dyn WriteJob>>,
    pools: Pools,
    inline_reads: Counter,
    writes: Arc<WriteCounters>,
    event_counters: Arc<EventCounters>,
    events: broadcast::Sender<Event>,
    /// Other processes on the same PostgreSQL.
    peers: Option<Arc<PeerNotifier>>,
    clock: Arc<dyn Fn() -> UtcTime + Send + Sync>,
}

impl Database {
    /// Connects to `sqlite://unicom.db` (made if missing) or `postgres://user@host/name` with the default options.
    ///
    /// # Errors
    /// [`DbError::InvalidUrl`], or [`DbError::Unavailable`] if the first connection fails.
    pub fn connect(url: &str) -> Result<Self, DbError> {
        Self::connect_with(url, DatabaseOptions::default())
    }

    /// Connects with options of the caller's own.
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub fn connect_with(url: &str, options: DatabaseOptions) -> Result<Self, DbError> {
        let engine = Engine::of_url(url)?;
        // The first connection tells what is wrong in the engine's own words; the pool would only say "timed out".
        drop(Db::connect_with(url, options.synchronous)?);
        let (readers, writers, batch) = match engine {
            Engine::Sqlite => (options.readers.max(1), 1, options.batch.max(1)),
            Engine::Postgres => (
                (options.connections / 2).max(1),
                (options.connections / 2).max(1),
                1,
            ),
        };
        let (synchronous, queue_timeout) = (options.synchronous, options.queue_timeout);
        let pools = Pools::new(url, synchronous, queue_timeout, readers, writers);

        let inline = (engine == Engine::Sqlite).then(|| InlineReads::new(url, synchronous));
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let peers = match engine {
            Engine::Postgres => Some(Arc::new(PeerNotifier::new(url)?)),
            Engine::Sqlite => None,
        };
        let event_counters = Arc::new(EventCounters::default());
        let queue_stats = WriteQueueStats {
            interactive: Arc::new(QueueCounters::new("write")),
            background: Arc::new(QueueCounters::new("write_later")),
        };
        let writer = Writer {
            pool: pools.writing.clone(),
            queue_timeout,
            batch,
            clock: Arc::clone(&options.clock),
            publish: {
                let (events, event_counters, peers) =
                    (events.clone(), event_counters.clone(), peers.clone());
                Arc::new(move |committed| {
                    publish_to(&events, &event_counters, peers.as_deref(), committed);
                })
            },
            counters: Arc::new(WriteCounters::new()),
            queue_stats: queue_stats.clone(),
        };
        let reading = Arc::new(QueueCounters::new("read"));
        let (read_queue, reads) = JobQueue::new(options.queue, &reading);
        start_threads("unicom-reader", readers, {
            let pool = pools.reading.clone();
            move || read_loop(&reads, &pool, queue_timeout, &reading)
        })?;
        let (write_queue, interactive) = JobQueue::new(options.queue, &queue_stats.interactive);
        let (background_queue, background) = JobQueue::new(options.queue, &queue_stats.background);
        let writes = Arc::clone(&writer.counters);
        let queues = WriteQueues {
            interactive,
            background,
        };
        start_threads("unicom-writer", writers, move || {
            write_loop(&queues, &writer);
        })?;
        Ok(Self(Arc::new(Inner {
            url: url.to_owned(),
            engine,
            inline,
            readers: read_queue,
            writers: write_queue,
            background_writers: background_queue,
            pools,
            inline_reads: Counter::default(),
            writes,
            event_counters,
            events,
            peers,
            clock: options.clock,
        })))
    }

    /// Which engine it speaks to.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// The time by the clock that transactions use.
    pub fn now(&self) -> UtcTime {
        (self.0.clock)()
    }

    /// Runs `f` on a reading thread. `f` sees what was committed when each of its statements began.
    pub fn read<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (job, reply) = read_job(f);
        match self.0.readers.send(job) {
            Ok(()) => reply,
            Err(error) => Reply::refused(error),
        }
    }

    /// Runs `f`, which reads a few rows by their keys: on SQLite at once, on this thread; on PostgreSQL as
    /// [`Database::read`] does.
    ///
    /// For what may read more, use [`Database::read`]: a thread that serves others would stand still meanwhile.
    pub fn read_inline<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.inline {
            Some(inline) => {
                self.0.inline_reads.add(1);
                Reply::ready(inline.read(f))
            }
            None => self.read(f),
        }
    }

    /// The same; but on SQLite, what `f` gave is given again under the same `key` until anybody commits anything, in this
    /// process or another one. So it is always what `f` would read now: `f` must look at nothing but the database.
    pub fn read_cached<T, E, F>(&self, key: String, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Clone + Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.inline {
            Some(inline) => {
                self.0.inline_reads.add(1);
                Reply::ready(inline.read_cached(key, f))
            }
            None => self.read(f),
        }
    }

    /// Runs `f` in a write transaction: all that it writes is kept, or nothing.
    ///
    /// The reply comes after the commit, so what it tells is durable, and after its events are published. An
    /// error from `f` rolls back. `f` must not wait for anything but the database.
    pub fn write<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        queue_on(&self.0.writers, write_job(Priority::Interactive, None, f))
    }

    /// The same, behind writes that somebody waits for; under load, at least one write of nine is one of these.
    pub fn write_background<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        queue_on(
            &self.0.background_writers,
            write_job(Priority::Background, None, f),
        )
    }

    /// The same, but on PostgreSQL `fast_path` is tried first: one statement that is a transaction of its own and does all
    /// of it, with a single trip to the database. Where it gives none, or fails, `f` runs.
    pub fn write_fast_path<T, E, O, F>(&self, fast_path: O, f: F) -> Reply<T, E>
    where
        O: FnOnce(&mut SingleStatement<'_>) -> Result<Option<T>, E> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let fast_path = Some(Box::new(fast_path) as _);
        queue_on(
            &self.0.writers,
            write_job(Priority::Interactive, fast_path, f),
        )
    }

    /// Brings the tables of each set up to date, in order. How many migrations ran. Safe when several processes start at
    /// once. Blocks.
    ///
    /// # Errors
    /// [`DbError::Migration`], or why no connection could be had.
    pub fn migrate(&self, sets: &[&Migrations]) -> Result<usize, DbError> {
        let mut db = Db::connect(&self.0.url)?;
        sets.iter().map(|set| set.run(&mut db)).sum()
    }

    /// Listens to what is committed through this `Database` from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// From now on, [`Event::RemoteWork`] tells listeners when another process wrote what makes work. On PostgreSQL;
    /// on SQLite nobody tells, and who wants to know polls.
    pub fn listen_to_peers(&self) {
        if let Some(peers) = &self.0.peers {
            peers.listen(&self.0.events);
        }
    }

    /// Tells events of a transaction that ran on a connection of the caller's own.
    pub fn publish(&self, events: Vec<Event>) {
        let inner = &self.0;
        publish_to(
            &inner.events,
            &inner.event_counters,
            inner.peers.as_deref(),
            events,
        );
    }

    /// What was done since it was connected, and what waits now. Asks nothing of the database.
    pub fn snapshot(&self) -> DatabaseMetrics {
        let inner = &self.0;
        DatabaseMetrics {
            queues: vec![
                inner.readers.snapshot(),
                inner.writers.snapshot(),
                inner.background_writers.snapshot(),
            ],
            inline_reads: inner.inline_reads.get(),
            writes: inner.writes.snapshot(),
            pool: inner.pools.snapshot(),
            incoming_messages: inner.event_counters.incoming_messages.get(),
            outgoing_messages: inner.event_counters.outgoing_messages.get(),
        }
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
        Err(error) => Reply::refused(error),
    }
}

fn publish_to(
    listeners: &broadcast::Sender<Event>,
    event_counters: &EventCounters,
    peers: Option<&PeerNotifier>,
    events: Vec<Event>,
) {
    if let Some(peers) = peers {
        peers.announce(&events);
    }
    for event in events {
        event_counters.record(&event);
        // An error says that nobody listens.
        let _ = listeners.send(event);
    }
}
