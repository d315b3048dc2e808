//! `Database`: connections, the threads that use them, and whoever listens to what is written.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use unicom_models::UtcTime;

use crate::brief::BriefReads;
use crate::figures::Figures;
use crate::lane::{Lane, LaneTally, ReadJob, read_job, read_loop, start_threads};
use crate::neighbours::Neighbours;
use crate::pool::Pools;
use crate::queues::{Lanes, Queues, Turn};
use crate::tally::{Count, EventTally, WriteTally};
use crate::writer::{WriteJob, Writer, write_job, write_loop};
use crate::{Alone, Db, DbError, Engine, Event, Migrations, Reply, Tx};

/// Events kept for a listener that is slow; one further behind is told that it missed some.
const EVENT_BACKLOG: usize = 4096;

/// When SQLite forces what it has written to the disk. PostgreSQL has its own `synchronous_commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// At every commit: an acknowledged write survives a power cut. The default.
    #[default]
    Full,
    /// At checkpoints only: an acknowledged write survives a crash of the process, not a power cut.
    Normal,
}

impl Synchronous {
    pub(crate) fn pragma(self) -> &'static str {
        match self {
            Self::Full => "PRAGMA synchronous = FULL;",
            Self::Normal => "PRAGMA synchronous = NORMAL;",
        }
    }
}

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
    pub patience: Duration,
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
            patience: Duration::from_secs(5),
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
            .field("patience", &self.patience)
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
    readers: Lane<Box<dyn ReadJob>>,
    /// On SQLite.
    brief: Option<BriefReads>,
    writers: Lane<Box<dyn WriteJob>>,
    /// For writes that may wait for those.
    later_writers: Lane<Box<dyn WriteJob>>,
    pools: Pools,
    brief_reads: Count,
    writes: Arc<WriteTally>,
    told: Arc<EventTally>,
    events: broadcast::Sender<Event>,
    /// Other processes on the same PostgreSQL.
    neighbours: Option<Arc<Neighbours>>,
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
        let (synchronous, patience) = (options.synchronous, options.patience);
        let pools = Pools::new(url, synchronous, patience, readers, writers);

        let brief = (engine == Engine::Sqlite).then(|| BriefReads::new(url, synchronous));
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let neighbours = match engine {
            Engine::Postgres => Some(Arc::new(Neighbours::new(url)?)),
            Engine::Sqlite => None,
        };
        let told = Arc::new(EventTally::default());
        let lanes = Lanes {
            first: Arc::new(LaneTally::new("write")),
            later: Arc::new(LaneTally::new("write_later")),
        };
        let writer = Writer {
            pool: pools.writing.clone(),
            patience,
            batch,
            clock: Arc::clone(&options.clock),
            publish: {
                let (events, told, neighbours) = (events.clone(), told.clone(), neighbours.clone());
                Arc::new(move |committed| {
                    publish_to(&events, &told, neighbours.as_deref(), committed);
                })
            },
            tally: Arc::new(WriteTally::new()),
            lanes: lanes.clone(),
        };
        let reading = Arc::new(LaneTally::new("read"));
        let (read_lane, reads) = Lane::new(options.queue, &reading);
        start_threads("unicom-reader", readers, {
            let pool = pools.reading.clone();
            move || read_loop(&reads, &pool, patience, &reading)
        })?;
        let (write_lane, first) = Lane::new(options.queue, &lanes.first);
        let (later_lane, later) = Lane::new(options.queue, &lanes.later);
        let writes = Arc::clone(&writer.tally);
        let queues = Queues { first, later };
        start_threads("unicom-writer", writers, move || {
            write_loop(&queues, &writer);
        })?;
        Ok(Self(Arc::new(Inner {
            url: url.to_owned(),
            engine,
            brief,
            readers: read_lane,
            writers: write_lane,
            later_writers: later_lane,
            pools,
            brief_reads: Count::default(),
            writes,
            told,
            events,
            neighbours,
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
    pub fn read_briefly<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.brief {
            Some(brief) => {
                self.0.brief_reads.add(1);
                Reply::ready(brief.read(f))
            }
            None => self.read(f),
        }
    }

    /// The same; but on SQLite, what `f` gave is given again under the same `key` until anybody commits anything, in this
    /// process or another one. So it is always what `f` would read now: `f` must look at nothing but the database.
    pub fn read_again<T, E, F>(&self, key: String, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
        T: Clone + Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.brief {
            Some(brief) => {
                self.0.brief_reads.add(1);
                Reply::ready(brief.read_again(key, f))
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
        queue_on(&self.0.writers, write_job(Turn::First, None, f))
    }

    /// The same, behind writes that somebody waits for; under load, at least one write of nine is one of these.
    pub fn write_later<T, E, F>(&self, f: F) -> Reply<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        queue_on(&self.0.later_writers, write_job(Turn::Later, None, f))
    }

    /// The same, but on PostgreSQL `at_once` is tried first: one statement that is a transaction of its own and does all
    /// of it, with a single trip to the database. Where it gives none, or fails, `f` runs.
    pub fn write_at_once<T, E, O, F>(&self, at_once: O, f: F) -> Reply<T, E>
    where
        O: FnOnce(&mut Alone<'_>) -> Result<Option<T>, E> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let at_once = Some(Box::new(at_once) as _);
        queue_on(&self.0.writers, write_job(Turn::First, at_once, f))
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

    /// From now on, [`Event::Elsewhere`] tells listeners when another process wrote what makes work. On PostgreSQL;
    /// on SQLite nobody tells, and who wants to know polls.
    pub fn hear_others(&self) {
        if let Some(neighbours) = &self.0.neighbours {
            neighbours.listen(&self.0.events);
        }
    }

    /// Tells events of a transaction that ran on a connection of the caller's own.
    pub fn publish(&self, events: Vec<Event>) {
        let inner = &self.0;
        publish_to(
            &inner.events,
            &inner.told,
            inner.neighbours.as_deref(),
            events,
        );
    }

    /// What was done since it was connected, and what waits now. Asks nothing of the database.
    pub fn figures(&self) -> Figures {
        let inner = &self.0;
        Figures {
            lanes: vec![
                inner.readers.figures(),
                inner.writers.figures(),
                inner.later_writers.figures(),
            ],
            brief_reads: inner.brief_reads.get(),
            writes: inner.writes.figures(),
            pool: inner.pools.figures(),
            incoming_messages: inner.told.incoming_messages.get(),
            outgoing_messages: inner.told.outgoing_messages.get(),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({:?})", self.0.engine)
    }
}

fn queue_on<T, E: From<DbError>>(
    lane: &Lane<Box<dyn WriteJob>>,
    (job, reply): (Box<dyn WriteJob>, Reply<T, E>),
) -> Reply<T, E> {
    match lane.send(job) {
        Ok(()) => reply,
        Err(error) => Reply::refused(error),
    }
}

fn publish_to(
    listeners: &broadcast::Sender<Event>,
    told: &EventTally,
    neighbours: Option<&Neighbours>,
    events: Vec<Event>,
) {
    if let Some(neighbours) = neighbours {
        neighbours.tell(&events);
    }
    for event in events {
        told.told(&event);
        // An error says that nobody listens.
        let _ = listeners.send(event);
    }
}
