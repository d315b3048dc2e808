//! The writers: closures that share one transaction on SQLite, one transaction each on PostgreSQL.
//!
//! SQLite allows one writer at a time and pays for every commit with a sync of the disk. So one thread takes
//! what has queued up while the last commit ran, gives each closure a savepoint, commits once, and only then
//! answers. A lone writer waits for nobody: its batch is one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::PgConnection;
use tokio::sync::oneshot;
use unicom_models::UtcTime;

use crate::pool::{Pool, Pooled};
use crate::queues::{Lanes, Queues, Turn};
use crate::savepoint::{release_savepoint, rollback_to_savepoint, set_savepoint};
use crate::tally::WriteTally;
use crate::transaction::{begin, commit, depth, rollback};
use crate::{Alone, Db, DbError, Event, Reply, Tx};

/// What writers share: connections, the clock, and whom to tell.
#[derive(Clone)]
pub(crate) struct Writer {
    pub pool: Pool,
    pub patience: Duration,
    pub batch: usize,
    pub clock: Arc<dyn Fn() -> UtcTime + Send + Sync>,
    pub publish: Arc<dyn Fn(Vec<Event>) + Send + Sync>,
    pub tally: Arc<WriteTally>,
    /// Of each queue of writes.
    pub lanes: Lanes,
}

/// A closure that writes, with the place to put what it returns once that is committed.
pub(crate) trait WriteJob: Send {
    /// When it was queued.
    fn queued_at(&self) -> Instant;
    /// Which queue it was put into.
    fn turn(&self) -> Turn;
    /// Tries to do all of it with one statement of PostgreSQL, keeping its result. Its events; none where it is to be run.
    fn run_at_once(&mut self, connection: &mut PgConnection, now: UtcTime) -> Option<Vec<Event>>;
    /// Runs it, keeping its result; whether it succeeded.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers, with its result or with why that could not be kept.
    fn answer(self: Box<Self>, kept: Result<(), DbError>);
}

/// What may do all of a write's work with one statement; none where the case is not the usual one.
pub(crate) type AtOnce<T, E> =
    Box<dyn FnOnce(&mut Alone<'_>) -> Result<Option<T>, E> + Send + 'static>;

struct Write<F, T, E> {
    at_once: Option<AtOnce<T, E>>,
    f: Option<F>,
    result: Option<Result<T, E>>,
    queued_at: Instant,
    turn: Turn,
    reply: oneshot::Sender<Result<T, E>>,
}

/// Pairs a closure with the reply it will fill.
pub(crate) fn write_job<T, E, F>(
    turn: Turn,
    at_once: Option<AtOnce<T, E>>,
    f: F,
) -> (Box<dyn WriteJob>, Reply<T, E>)
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    (
        Box::new(Write {
            at_once,
            f: Some(f),
            result: None,
            queued_at: Instant::now(),
            turn,
            reply,
        }),
        Reply::waiting(receiver),
    )
}

impl<F, T, E> WriteJob for Write<F, T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn turn(&self) -> Turn {
        self.turn
    }

    fn run_at_once(&mut self, connection: &mut PgConnection, now: UtcTime) -> Option<Vec<Event>> {
        let at_once = self.at_once.take()?;
        let mut alone = Alone::new(connection, now);
        let done = catch_unwind(AssertUnwindSafe(|| at_once(&mut alone)));
        match done {
            Ok(Ok(Some(value))) => {
                self.result = Some(Ok(value));
                Some(alone.into_events())
            }
            // Whatever kept it from being done at once, in a transaction it is done or refused properly.
            Ok(Ok(None) | Err(_)) | Err(_) => None,
        }
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(f) = self.f.take() else { return false };
        let result = catch_unwind(AssertUnwindSafe(|| f(tx)))
            .unwrap_or_else(|_| Err(DbError::Panicked.into()));
        self.result.insert(result).is_ok()
    }

    fn answer(self: Box<Self>, kept: Result<(), DbError>) {
        let result = match (self.result, kept) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(DbError::Closed.into()),
        };
        // Nobody waits any more where the receiver is gone: the client went away, the write stands.
        let _ = self.reply.send(result);
    }
}

/// A writer thread's life: take what is queued up to a batch, run it in one transaction, answer.
pub(crate) fn write_loop(queues: &Queues, writer: &Writer) {
    let most = writer.batch.max(1);
    let mut turns = 0..;
    while let Some(batch) = turns.next().and_then(|turn| queues.batch(most, turn)) {
        let (batch, late): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|job| writer.lanes.of(&**job).taken(job.queued_at()) <= writer.patience);
        for job in late {
            writer.lanes.of(&*job).refused_late.add(1);
            job.answer(Err(DbError::Busy));
        }
        if batch.is_empty() {
            continue;
        }
        match writer.pool.get() {
            Ok(mut pooled) => writer.run_batch(&mut pooled, batch),
            Err(error) => {
                for job in batch {
                    writer.lanes.of(&*job).refused_unconnected.add(1);
                    job.answer(Err(DbError::Unavailable {
                        reason: error.to_string(),
                    }));
                }
            }
        }
    }
}

/// What was kept of a batch.
struct Kept {
    writes: usize,
    /// To be published, in order.
    events: Vec<Event>,
}

impl Writer {
    fn run_batch(&self, pooled: &mut Pooled, mut batch: Vec<Box<dyn WriteJob>>) {
        let began = Instant::now();
        let kept = self.run_in_one_transaction(&mut pooled.db, &mut batch);
        self.tally.ended(
            batch.len(),
            kept.as_ref().map(|kept| kept.writes),
            began.elapsed(),
        );
        // A connection that is still inside a transaction would swallow the next batch.
        pooled.broken = depth(&mut pooled.db) != Some(0);
        match kept {
            Ok(kept) => {
                (self.publish)(kept.events);
                for job in batch {
                    job.answer(Ok(()));
                }
            }
            Err(error) => {
                pooled.broken |= pooled.db.ping().is_err();
                // Those who wrote may try again where the reason passes.
                let level = if error.is_temporary() {
                    log::Level::Warn
                } else {
                    log::Level::Error
                };
                log::log!(level, "a batch of {} writes was lost: {error}", batch.len());
                for job in batch {
                    job.answer(Err(match &error {
                        DbError::NotWritable { reason } => DbError::NotWritable {
                            reason: reason.clone(),
                        },
                        error if error.is_temporary() => DbError::Busy,
                        error => DbError::Unavailable {
                            reason: error.to_string(),
                        },
                    }));
                }
            }
        }
    }

    /// Runs every job of the batch; what was kept of it. An error means that nothing was.
    fn run_in_one_transaction(
        &self,
        db: &mut Db,
        batch: &mut [Box<dyn WriteJob>],
    ) -> Result<Kept, DbError> {
        let mut events = Vec::new();
        if let (Db::Postgres(connection), [only]) = (&mut *db, &mut *batch)
            && let Some(events) = only.run_at_once(connection, (self.clock)())
        {
            return Ok(Kept { writes: 1, events });
        }
        begin(db)?;
        let ran = match batch {
            // Alone, a job needs no savepoint: its failure is the transaction's.
            [only] => self.run_job(db, only, &mut events).map(usize::from),
            jobs => self.run_in_savepoints(db, jobs, &mut events),
        };
        let writes = match ran {
            Ok(0) => {
                rollback(db)?;
                0
            }
            Ok(writes) => {
                let began = Instant::now();
                commit(db)?;
                self.tally.commit.add_duration(began.elapsed());
                writes
            }
            Err(error) => {
                // The connection is thrown away where this does not work.
                let _ = rollback(db);
                return Err(error);
            }
        };
        Ok(Kept { writes, events })
    }

    /// Runs jobs that share a transaction; how many succeeded.
    fn run_in_savepoints(
        &self,
        db: &mut Db,
        jobs: &mut [Box<dyn WriteJob>],
        events: &mut Vec<Event>,
    ) -> Result<usize, DbError> {
        let mut succeeded = 0;
        for job in jobs {
            set_savepoint(db)?;
            if self.run_job(db, job, events)? {
                succeeded += 1;
            } else {
                rollback_to_savepoint(db)?;
            }
            release_savepoint(db)?;
        }
        Ok(succeeded)
    }

    /// Runs one job; whether it succeeded. An error means that it left the transaction in disorder.
    fn run_job(
        &self,
        db: &mut Db,
        job: &mut Box<dyn WriteJob>,
        events: &mut Vec<Event>,
    ) -> Result<bool, DbError> {
        let before = depth(db);
        let mut tx = Tx::new(db, &*self.clock);
        let succeeded = job.run(&mut tx);
        if succeeded {
            events.extend(tx.into_events());
        }
        if depth(db) == before {
            Ok(succeeded)
        } else {
            Err(DbError::Panicked)
        }
    }
}
