//! [`Bus`]: what carries messages between the processes that work on one database.

use std::error::Error;
use std::fmt::Debug;
use std::ops::ControlFlow;

/// The error of a [`Bus`]. It is logged.
pub type BusError = Box<dyn Error + Send + Sync>;

/// Carries messages between the processes that work on one database.
///
/// By default, processes on PostgreSQL use its `NOTIFY`. A host or a program that has a message
/// broker may use that instead: [`DatabaseOptions::bus`](crate::DatabaseOptions::bus).
///
/// The messages are hints that something has been committed, at most 8,000 bytes long. They may be
/// lost, repeated, and arrive in any order. One that is lost delays what waits for it: work by a
/// second, and a change on a live connection by up to 25 seconds. Every process must see the
/// messages of all processes on the same database, and of no others.
pub trait Bus: Debug + Send + Sync + 'static {
    /// Sends a message to all processes that listen. Called by one thread at a time.
    ///
    /// # Errors
    /// Returns an error if the message may not have been sent. The bus connects again by itself at
    /// the next call.
    fn send(&self, message: &str) -> Result<(), BusError>;

    /// Listens, and calls `on_event` for what happens, until it returns
    /// [`ControlFlow::Break`]. Called by one thread.
    ///
    /// # Errors
    /// Returns an error if the connection is lost. The method is called again a second later.
    fn listen(
        &self,
        on_event: &mut dyn FnMut(BusEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), BusError>;
}

/// What happens on a [`Bus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusEvent<'a> {
    /// It listens from now on. Messages that were sent before may have been missed.
    Connected,
    /// A message, perhaps one of this process.
    Message(&'a str),
    /// Nothing has arrived. At least once a second, so that the listener can stop.
    Idle,
}
