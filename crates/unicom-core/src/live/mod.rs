//! Live conversations: who is to be told that a chat has changed.
//!
//! Events only say that a chat has changed; the change is read from the database. A reader that
//! misses an event, is slow or was away reads the same state later.

mod hub;
mod viewers;

pub use hub::{Hub, News, Notice, Subscription, Topic, Version};
pub use viewers::Viewer;
