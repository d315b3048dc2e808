//! A queued write: the closure to run and the reply it fills.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use diesel::PgConnection;
use tokio::sync::oneshot;
use unicom_models::UtcTime;

use crate::engine::reply::Reply;
use crate::{DbError, Event, SingleStatement, Tx};

/// Which of the two queues a write stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Priority {
    /// Somebody waits for it.
    Interactive,
    /// It may wait for those.
    Background,
}

/// A closure that writes, with the place to put what it returns once that is committed.
pub(crate) trait WriteJob: Send {
    /// When it was queued.
    fn queued_at(&self) -> Instant;
    /// Which queue it was put into.
    fn priority(&self) -> Priority;
    /// Tries to do all of it with one statement of PostgreSQL, keeping its result. Its events; none where it is to be run.
    fn run_fast_path(&mut self, connection: &mut PgConnection, now: UtcTime) -> Option<Vec<Event>>;
    /// Runs it, keeping its result; whether it succeeded.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers, with its result or with why that could not be kept.
    fn answer(self: Box<Self>, kept: Result<(), DbError>);
}

/// What may do all of a write's work with one statement; none where the case is not the usual one.
pub(crate) type FastPath<T, E> =
    Box<dyn FnOnce(&mut SingleStatement<'_>) -> Result<Option<T>, E> + Send + 'static>;

struct Write<F, T, E> {
    fast_path: Option<FastPath<T, E>>,
    f: Option<F>,
    result: Option<Result<T, E>>,
    queued_at: Instant,
    priority: Priority,
    reply: oneshot::Sender<Result<T, E>>,
}

/// Pairs a closure with the reply it will fill.
pub(crate) fn write_job<T, E, F>(
    priority: Priority,
    fast_path: Option<FastPath<T, E>>,
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
            fast_path,
            f: Some(f),
            result: None,
            queued_at: Instant::now(),
            priority,
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

    fn priority(&self) -> Priority {
        self.priority
    }

    fn run_fast_path(&mut self, connection: &mut PgConnection, now: UtcTime) -> Option<Vec<Event>> {
        let fast_path = self.fast_path.take()?;
        let mut statement = SingleStatement::new(connection, now);
        let done = catch_unwind(AssertUnwindSafe(|| fast_path(&mut statement)));
        match done {
            Ok(Ok(Some(value))) => {
                self.result = Some(Ok(value));
                Some(statement.into_events())
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
