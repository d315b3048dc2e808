//! Queued reads: the closure to run, the reply it fills, and the loop of the reader threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use tokio::sync::oneshot;

use crate::connection::pool::Pool;
use crate::engine::job_queue::QueueMetrics;
use crate::engine::reply::Reply;
use crate::{Db, DbError};

/// A queued closure that reads, and where its result is sent.
pub(crate) trait ReadJob: Send {
    /// Returns the time when the job was queued.
    fn queued_at(&self) -> Instant;
    /// Runs the closure and sends its result. Returns `true` if it succeeded.
    fn run(self: Box<Self>, db: &mut Db) -> bool;
    /// Replies with the error that prevented the closure from running.
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
        // An error means that the caller no longer waits.
        let _ = reply.send(result);
        succeeded
    }

    fn refuse(self: Box<Self>, error: DbError) {
        let _ = self.reply.send(Err(error.into()));
    }
}

/// Runs a reader thread: takes a job, gets a connection, runs the job.
pub(crate) fn read_loop(
    jobs: &Receiver<Box<dyn ReadJob>>,
    pool: &Pool,
    queue_timeout: Duration,
    metrics: &QueueMetrics,
) {
    for job in jobs {
        if metrics.taken(job.queued_at()) > queue_timeout {
            metrics.refused_late.increment(1);
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
                metrics.refused_unconnected.increment(1);
                job.refuse(DbError::Unavailable {
                    reason: error.to_string(),
                });
            }
        }
    }
}
