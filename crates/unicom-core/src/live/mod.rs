//! Live conversations: who is to be told that a chat has changed.
//!
//! Events only say that a chat has changed; the change is read from the database. A reader that
//! misses an event, is slow or was away reads the same state later. Replies that bots are writing
//! are kept here until they end, so that a reader who comes later gets the text so far.

mod hub;
mod open_streams;
mod viewers;

pub use hub::{Hub, News, Notice, Subscription, Topic, Version};
pub use open_streams::StreamPart;
pub use viewers::Viewer;
