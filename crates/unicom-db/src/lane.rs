//! A lane: a bounded queue of jobs and the threads that work through it, each with a connection from the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use tokio::sync::oneshot;

use crate::pool::Pool;
use crate::{Db, DbError, Reply};

/// The sending end of a lane. Its threads end when the last clone is dropped and the queue is empty.
pub(crate) struct Lane<J> {
    queue: Sender<J>,
}

impl<J: Send + 'static> Lane<J> {
    /// A queue for so many jobs, and the end that threads work on.
    pub fn new(capacity: usize) -> (Self, Receiver<J>) {
        let (queue, jobs) = crossbeam_channel::bounded(capacity);
        (Self { queue }, jobs)
    }

    /// Queues a job without waiting; a full queue is [`DbError::Busy`].
    pub fn send(&self, job: J) -> Result<(), DbError> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => DbError::Busy,
            TrySendError::Disconnected(_) => DbError::Closed,
        })
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
pub(crate) fn read_loop(jobs: &Receiver<Box<dyn ReadJob>>, pool: &Pool, patience: Duration) {
    for job in jobs {
        if job.queued_at().elapsed() > patience {
            job.refuse(DbError::Busy);
            continue;
        }
        match pool.get() {
            Ok(mut pooled) => {
                if !job.run(&mut pooled.db) {
                    pooled.broken = pooled.db.ping().is_err();
                }
            }
            Err(error) => job.refuse(DbError::Unavailable {
                reason: error.to_string(),
            }),
        }
    }
}
