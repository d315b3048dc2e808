//! [`OpenReplies`]: the replies that bots of this process are writing, so that readers can stop
//! them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use unicom_models::MessageId;

use crate::bots::ReplySink;

/// The replies that bots of this process are writing, by the ids of their streams.
#[derive(Debug, Default)]
pub(super) struct OpenReplies(Mutex<HashMap<MessageId, ReplySink>>);

impl OpenReplies {
    /// Adds a reply.
    pub fn add(&self, id: MessageId, sink: ReplySink) {
        self.lock().insert(id, sink);
    }

    /// Removes a reply that has ended.
    pub fn remove(&self, id: MessageId) {
        self.lock().remove(&id);
    }

    /// Stops the bot that writes this reply, if it is one of this process.
    pub fn stop(&self, id: MessageId) {
        if let Some(sink) = self.lock().get(&id) {
            sink.stop();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MessageId, ReplySink>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
