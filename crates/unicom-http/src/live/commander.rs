//! [`Commander`]: a reader who tells the server something through a WebSocket.

use serde::de::DeserializeOwned;

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

    /// Does what the client says.
    async fn obey(feed: &mut Feed<Self>, command: Self::Command) -> Result<(), ApiError>;
}
