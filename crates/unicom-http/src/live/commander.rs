//! [`Commander`]: a reader who tells the server something through a WebSocket.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::feed::Feed;
use super::reader::Reader;
use crate::ApiError;

/// What a chat that is subscribed counts, in messages.
pub(super) const FOR_EACH_CHAT: f64 = 0.1;

/// A reader who tells the server something through a WebSocket.
pub(super) trait Commander: Reader {
    /// What the client tells the server in a frame.
    type Command: DeserializeOwned;

    /// Returns what a command counts beside its frame, in messages.
    fn cost(command: &Self::Command) -> f64;

    /// Does what the client says, or puts it off.
    async fn obey(feed: &mut Feed<Self>, command: Self::Command) -> Result<(), ApiError>;

    /// Returns how long to wait before [`finish`](Self::finish) is called. Returns `None` if
    /// nothing was put off.
    fn wait(&self, _: Instant) -> Option<Duration> {
        None
    }

    /// Does what was put off. Also called when the connection ends.
    async fn finish(_: &mut Feed<Self>) -> Result<(), ApiError> {
        Ok(())
    }
}
