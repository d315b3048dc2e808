//! Incoming messages, stored together with the requests they become.

mod append;
mod duplicate;
mod incoming;
mod ingest;

pub use append::{FastPathTarget, append_incoming, append_incoming_fast_path};
pub use incoming::{IncomingMessage, Saved};
pub use ingest::{IngestedAccount, IngestedChat, IngestedMessage, ingest};
