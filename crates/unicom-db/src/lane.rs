//! A lane: a bounded queue of jobs and the threads that work through it, each with a connection from the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use tokio::sync::oneshot;

use crate::figures::LaneFigures;
use crate::pool::Pool;
use crate::tally::{Count, Spread, micros};
use crate::{Db, DbError, Reply};

/// The sending end of a lane. Its threads end when the last clone is dropped and the queue is empty.
pub(crate) struct Lane<J> {
    queue: Sender<J>,
    tally: Arc<LaneTally>,
}

impl<J: Send + 'static> Lane<J> {
    /// A queue for so many jobs, and the end that threads work on.
    pub fn new(capacity: usize, tally: &Arc<LaneTally>) -> (Self, Receiver<J>) {
        let (queue, jobs) = crossbeam_channel::bounded(capacity);
        let tally = Arc::clone(tally);
        (Self { queue, tally }, jobs)
    }

    /// Queues a job without waiting; a full queue is [`DbError::Busy`].
    pub fn send(&self, job: J) -> Result<(), DbError> {
        if self.queue.is_empty() {
            self.tally.is_first();
        }
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.tally.refused_full.add(1);
                DbError::Busy
            }
            TrySendError::Disconnected(_) => DbError::Closed,
        })
    }

    /// What waits in it, and what was done.
    pub fn figures(&self) -> LaneFigures {
        self.tally.figures(self.queue.len())
    }
}

/// Starts `threads` threads named `name-1`, `name-2`… that do this work.
pub(crate) fn start_threads(
    name: &str,
    threads: usize,
    work: impl Fn() + Clone + Send + 'static,
) -> Result<(), DbError> {
    for number in 1..=threads {
        std::thread::Builder::new()
            .name(format!("{name}-{number}"))
            .spawn(work.clone())
            .map_err(|error| DbError::Unavailable {
                reason: format!("no thread: {error}"),
            })?;
    }
    Ok(())
}

/// A closure that reads, with the place to put what it returns.
pub(crate) trait ReadJob: Send {
    /// When it was queued.
    fn queued_at(&self) -> Instant;
    /// Runs it and answers; whether it succeeded.
    fn run(self: Box<Self>, db: &mut Db) -> bool;
    /// Answers that it could not be run.
    fn refuse(self: Box<Self>, error: DbError);
}

struct Read<F, T, E> {
    f: F,
    queued_at: Instant,
    reply: oneshot::Sender<Result<T, E>>,
}

/// Pairs a closure with the reply it will fill.
pub(crate) fn read_job<T, E, F>(f: F) -> (Box<dyn ReadJob>, Reply<T, E>)
where
    F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    (
        Box::new(Read {
            f,
            queued_at: Instant::now(),
            reply,
        }),
        Reply::waiting(receiver),
    )
}

impl<F, T, E> ReadJob for Read<F, T, E>
where
    F: FnOnce(&mut Db) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn run(self: Box<Self>, db: &mut Db) -> bool {
        let Self { f, reply, .. } = *self;
        let result = catch_unwind(AssertUnwindSafe(|| f(db)))
            .unwrap_or_else(|_| Err(DbError::Panicked.into()));
        let succeeded = result.is_ok();
        // Nobody waits any more where the receiver is gone: the client went away.
        let _ = reply.send(result);
        succeeded
    }

    fn refuse(self: Box<Self>, error: DbError) {
        let _ = self.reply.send(Err(error.into()));
    }
}

/// A reader thread's life: take a job, take a connection, run.
pub(crate) fn read_loop(
    jobs: &Receiver<Box<dyn ReadJob>>,
    pool: &Pool,
    patience: Duration,
    tally: &LaneTally,
) {
    for job in jobs {
        if tally.taken(job.queued_at()) > patience {
            tally.refused_late.add(1);
            job.refuse(DbError::Busy);
            continue;
        }
        match pool.get() {
            Ok(mut pooled) => {
                if !job.run(&mut pooled.db) {
                    pooled.broken = pooled.db.ping().is_err();
                }
            }
            Err(error) => {
                tally.refused_unconnected.add(1);
                job.refuse(DbError::Unavailable {
                    reason: error.to_string(),
                });
            }
        }
    }
}

/// What is counted of one queue.
#[derive(Debug)]
pub(crate) struct LaneTally {
    name: &'static str,
    began: Instant,
    /// No job that waits was queued before this, in microseconds since `began`.
    none_before: AtomicU64,
    waited: Spread,
    refused_full: Count,
    pub refused_late: Count,
    pub refused_unconnected: Count,
}

impl LaneTally {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            began: Instant::now(),
            none_before: AtomicU64::new(0),
            waited: Spread::of_durations(),
            refused_full: Count::default(),
            refused_late: Count::default(),
            refused_unconnected: Count::default(),
        }
    }

    /// A job is queued where none waits.
    pub fn is_first(&self) {
        self.none_before
            .store(micros(self.began.elapsed()), Relaxed);
    }

    /// A thread took a job; what is left was queued after it. How long the job has waited.
    pub fn taken(&self, queued_at: Instant) -> Duration {
        let waited = queued_at.elapsed();
        self.waited.add_duration(waited);
        self.none_before.fetch_max(
            micros(queued_at.saturating_duration_since(self.began)),
            Relaxed,
        );
        waited
    }

    pub fn figures(&self, waiting: usize) -> LaneFigures {
        let now = micros(self.began.elapsed());
        let oldest = match waiting {
            0 => 0,
            _ => now.saturating_sub(self.none_before.load(Relaxed)),
        };
        LaneFigures {
            name: self.name,
            waiting,
            oldest: Duration::from_micros(oldest),
            waited: self.waited.figures(),
            refused_full: self.refused_full.get(),
            refused_late: self.refused_late.get(),
            refused_unconnected: self.refused_unconnected.get(),
        }
    }
}
