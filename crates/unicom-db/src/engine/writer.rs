//! Writer threads: closures share a transaction on SQLite and have one each on PostgreSQL.
//!
//! SQLite allows one writer at a time, and every commit costs a sync of the disk. Therefore one
//! thread takes the writes that were queued during the last commit, gives each closure a savepoint,
//! commits once, and replies only then. A single write does not wait for others: it forms a batch
//! of one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::connection::pool::{Pool, Pooled};
use crate::connection::savepoint::{release_savepoint, rollback_to_savepoint, set_savepoint};
use crate::connection::transaction::{begin, commit, depth, rollback};
use crate::engine::publisher::Publisher;
use crate::engine::write_job::WriteJob;
use crate::engine::write_metrics::WriteMetrics;
use crate::engine::write_queues::{WriteQueueMetrics, WriteQueues};
use crate::{Clock, Db, DbError, Engine, Event, Tx};

/// What writer threads share: connections, the clock, the publisher of events, and metrics.
#[derive(Clone)]
pub(crate) struct Writer {
    pub pool: Pool,
    pub queue_timeout: Duration,
    pub batch: usize,
    pub clock: Clock,
    pub publisher: Arc<Publisher>,
    pub metrics: Arc<WriteMetrics>,
    /// The metrics of each queue of writes.
    pub queue_metrics: WriteQueueMetrics,
}

/// Runs a writer thread: takes queued writes up to the batch size, runs them in one transaction,
/// replies.
pub(crate) fn write_loop(queues: &WriteQueues, writer: &Writer) {
    let most = writer.batch.max(1);
    let mut turns = 0..;
    while let Some(batch) = turns.next().and_then(|turn| queues.batch(most, turn)) {
        let (batch, late): (Vec<_>, Vec<_>) = batch.into_iter().partition(|job| {
            writer.queue_metrics.of(&**job).taken(job.queued_at()) <= writer.queue_timeout
        });
        for job in late {
            writer.queue_metrics.of(&*job).refused_late.increment(1);
            job.answer(Err(DbError::Busy));
        }
        if batch.is_empty() {
            continue;
        }
        writer.write(batch);
    }
}

/// The committed part of a batch.
struct Kept {
    writes: usize,
    /// The events to publish, in order.
    events: Vec<Event>,
}

impl Writer {
    /// Runs a batch and replies. If its transaction cannot begin because the connection was closed,
    /// tries again on another one.
    fn write(&self, batch: Vec<Box<dyn WriteJob>>) {
        let mut waiting = Some(batch);
        while let Some(batch) = waiting.take() {
            match self.pool.get() {
                Ok(mut pooled) => waiting = self.run_batch(&mut pooled, batch),
                Err(error) => {
                    for job in batch {
                        let metrics = self.queue_metrics.of(&*job);
                        metrics.refused_unconnected.increment(1);
                        job.answer(Err(DbError::Unavailable {
                            reason: error.to_string(),
                        }));
                    }
                }
            }
        }
    }

    /// Runs a batch and replies. Returns the batch if its transaction did not begin because the
    /// connection was closed.
    fn run_batch(
        &self,
        pooled: &mut Pooled,
        mut batch: Vec<Box<dyn WriteJob>>,
    ) -> Option<Vec<Box<dyn WriteJob>>> {
        let began = Instant::now();
        let kept = match self.run_statement(&mut pooled.db, &mut batch) {
            Some(kept) => Ok(kept),
            None => match begin(&mut pooled.db) {
                Err(_) if depth(&mut pooled.db).is_none() => {
                    pooled.broken = true;
                    return Some(batch);
                }
                Err(error) => Err(error.into()),
                Ok(()) => self.run_in_transaction(&mut pooled.db, &mut batch),
            },
        };
        self.metrics.record(
            batch.len(),
            kept.as_ref().map(|kept| kept.writes),
            began.elapsed(),
        );
        // A connection still inside a transaction would make the next batch part of it.
        pooled.broken = depth(&mut pooled.db) != Some(0);
        match kept {
            Ok(kept) => {
                self.publisher.publish(kept.events);
                for job in batch {
                    job.answer(Ok(()));
                }
            }
            Err(error) => {
                pooled.broken |= pooled.db.ping().is_err();
                // Callers may retry if the error is temporary.
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
        None
    }

    /// Runs a job that is a single statement on PostgreSQL.
    fn run_statement(&self, db: &mut Db, batch: &mut [Box<dyn WriteJob>]) -> Option<Kept> {
        let (Engine::Postgres, [only]) = (db.engine(), batch) else {
            return None;
        };
        let events = only.run_statement(db, &self.clock)?;
        Some(Kept { writes: 1, events })
    }

    /// Runs all jobs of the batch in the open transaction, ends it and returns what was committed.
    /// An error means that nothing was.
    fn run_in_transaction(
        &self,
        db: &mut Db,
        batch: &mut [Box<dyn WriteJob>],
    ) -> Result<Kept, DbError> {
        let mut events = Vec::new();
        let ran = match batch {
            // A single job needs no savepoint: if it fails, the transaction is rolled back.
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
                self.metrics.commit.record(began.elapsed());
                writes
            }
            Err(error) => {
                // If this fails, the connection is discarded.
                let _ = rollback(db);
                return Err(error);
            }
        };
        Ok(Kept { writes, events })
    }

    /// Runs jobs that share a transaction and returns how many succeeded.
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

    /// Runs one job and returns `true` if it succeeded. An error means that the job left a
    /// transaction or savepoint open or closed one it did not open.
    fn run_job(
        &self,
        db: &mut Db,
        job: &mut Box<dyn WriteJob>,
        events: &mut Vec<Event>,
    ) -> Result<bool, DbError> {
        let before = depth(db);
        let mut tx = Tx::new(db, &self.clock);
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
