//! `Reply`: the pending result of a closure on the database.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::DbError;

/// The pending result of a closure passed to [`Database`](crate::Database). Use `.await` in async
/// code and [`wait`](Reply::wait) elsewhere.
///
/// The closure runs even if the reply is dropped.
#[must_use = "a reply that is dropped hides whether the closure succeeded"]
#[derive(Debug)]
pub struct Reply<T, E>(State<T, E>);

#[derive(Debug)]
enum State<T, E> {
    Ready(Option<Result<T, E>>),
    Waiting(oneshot::Receiver<Result<T, E>>),
}

impl<T, E: From<DbError>> Reply<T, E> {
    pub(crate) fn refused(error: DbError) -> Self {
        Self::ready(Err(error.into()))
    }

    pub(crate) fn ready(result: Result<T, E>) -> Self {
        Self(State::Ready(Some(result)))
    }

    pub(crate) fn waiting(receiver: oneshot::Receiver<Result<T, E>>) -> Self {
        Self(State::Waiting(receiver))
    }

    /// Blocks the thread until the closure has run and returns its result.
    ///
    /// # Errors
    /// Returns the error of the closure, or the reason why it did not run.
    ///
    /// # Panics
    /// Panics if the reply is still pending and the thread drives async tasks.
    pub fn wait(self) -> Result<T, E> {
        match self.0 {
            State::Ready(result) => result.unwrap_or_else(|| Err(DbError::Closed.into())),
            State::Waiting(receiver) => receiver
                .blocking_recv()
                .unwrap_or_else(|_| Err(DbError::Closed.into())),
        }
    }
}

impl<T, E> Unpin for Reply<T, E> {}

impl<T, E: From<DbError>> Future for Reply<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(result) => {
                Poll::Ready(result.take().unwrap_or_else(|| Err(DbError::Closed.into())))
            }
            State::Waiting(receiver) => Pin::new(receiver)
                .poll(context)
                .map(|received| received.unwrap_or_else(|_| Err(DbError::Closed.into()))),
        }
    }
}
