//! Queued writes: the closure to run and the reply it fills.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::engine::reply::Reply;
use crate::{Clock, Db, DbError, Event, Tx};

/// The queue of a write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Priority {
    /// A caller is waiting for the result.
    Interactive,
    /// The write may wait for interactive ones.
    Background,
}

/// A queued closure that writes, and where its result is sent once it is committed.
pub(crate) trait WriteJob: Send {
    /// Returns the time when the job was queued.
    fn queued_at(&self) -> Instant;
    /// Returns the queue of the job.
    fn priority(&self) -> Priority;
    /// Tries to do the whole write with one PostgreSQL statement, which commits by itself, and
    /// keeps the result. Returns the events, or `None` if the job must be run instead. By default,
    /// it must.
    fn run_statement(&mut self, _: &mut Db, _: &Clock) -> Option<Vec<Event>> {
        None
    }
    /// Runs the closure and keeps its result. Returns `true` if it succeeded.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Replies with the result of the closure, or with the error that prevented the commit.
    fn answer(self: Box<Self>, kept: Result<(), DbError>);
}

struct Write<F, T, E> {
    f: Option<F>,
    result: Option<Result<T, E>>,
    queued_at: Instant,
    priority: Priority,
    reply: oneshot::Sender<Result<T, E>>,
}

/// Pairs a closure with the reply it will fill.
pub(crate) fn write_job<T, E, F>(priority: Priority, f: F) -> (Box<dyn WriteJob>, Reply<T, E>)
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    let job = write_job_for(priority, Instant::now(), f, reply);
    (job, Reply::waiting(receiver))
}

/// Creates the job of a closure that was queued at `queued_at` and fills `reply`.
pub(crate) fn write_job_for<T, E, F>(
    priority: Priority,
    queued_at: Instant,
    f: F,
    reply: oneshot::Sender<Result<T, E>>,
) -> Box<dyn WriteJob>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    Box::new(Write {
        f: Some(f),
        result: None,
        queued_at,
        priority,
        reply,
    })
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

    fn priority(&self) -> Priority {
        self.priority
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
        // An error means that the caller no longer waits. The write remains committed.
        let _ = self.reply.send(result);
    }
}
