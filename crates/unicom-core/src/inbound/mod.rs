//! Incoming messages, stored together with the requests they become.

mod incoming;
mod ingest;

pub use incoming::{
    Appended, FastPathTarget, IncomingMessage, append_incoming, append_incoming_fast_path,
};
pub use ingest::{IngestedAccount, IngestedChat, IngestedMessage, ingest};
