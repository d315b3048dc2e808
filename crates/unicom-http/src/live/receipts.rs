//! [`Receipts`]: what a client has received, to be noted once in a while.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use unicom_models::{ChatId, MessageId};

/// The least time between two notes of what a client has received: a client that acknowledges each
/// message costs a write for all messages of this time.
const INTERVAL: Duration = Duration::from_secs(1);

/// What a client says it has received, and when that is noted.
#[derive(Default)]
pub(super) struct Receipts {
    newest: HashMap<ChatId, MessageId>,
    noted_at: Option<Instant>,
}

impl Receipts {
    /// Adds the message up to which the client has received those of a chat.
    pub fn add(&mut self, chat_id: ChatId, message_id: MessageId) {
        let newest = self.newest.entry(chat_id).or_insert(message_id);
        // Ids increase with time, up to the precision of clocks.
        *newest = message_id.max(*newest);
    }

    /// Returns how long to wait before what was added is [taken](Self::take). Returns `None` if
    /// nothing was.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let next = self.noted_at.map_or(now, |at| at + INTERVAL);
        (!self.newest.is_empty()).then(|| next.saturating_duration_since(now))
    }

    /// Takes what was added, to be noted now.
    pub fn take(&mut self, now: Instant) -> HashMap<ChatId, MessageId> {
        self.noted_at = Some(now);
        std::mem::take(&mut self.newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_noted_at_once_and_then_once_in_an_interval() {
        let now = Instant::now();
        let mut receipts = Receipts::default();
        assert_eq!(receipts.wait(now), None);
        let [first, second] = [MessageId::new(), MessageId::new()];
        receipts.add("a".into(), first);
        assert_eq!(receipts.wait(now), Some(Duration::ZERO));
        assert_eq!(receipts.take(now).len(), 1);
        assert_eq!(receipts.wait(now), None);
        receipts.add("a".into(), second);
        receipts.add("a".into(), first);
        assert_eq!(receipts.wait(now), Some(INTERVAL));
        let later = now + INTERVAL * 2;
        assert_eq!(receipts.wait(later), Some(Duration::ZERO));
        assert_eq!(receipts.take(later), HashMap::from([("a".into(), second)]));
    }
}
