//! Metrics of writes and of stored messages.

use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};
use unicom_models::Direction;

use crate::{DbError, Event};

/// Metrics of writes and their transactions.
#[derive(Debug)]
pub(crate) struct WriteMetrics {
    committed: Counter,
    rolled_back: Counter,
    lost: Counter,
    batch: Histogram,
    transaction: Histogram,
    /// Not recorded for a single statement that commits by itself.
    pub commit: Histogram,
}

impl WriteMetrics {
    pub fn new() -> Self {
        let writes = |outcome| {
            counter!(
                description: "Writes: committed, rolled back because they were refused, or lost with a transaction that failed",
                "unicom_database_writes_total",
                "outcome" => outcome
            )
        };
        Self {
            committed: writes("committed"),
            rolled_back: writes("rolled_back"),
            lost: writes("lost"),
            batch: histogram!(
                description: "Writes per transaction",
                "unicom_database_batch_writes"
            ),
            transaction: histogram!(
                description: "Duration of write transactions, including the commit",
                "unicom_database_transaction_seconds"
            ),
            commit: histogram!(
                description: "Duration of commits; on SQLite mostly disk syncs",
                "unicom_database_commit_seconds"
            ),
        }
    }

    /// Records a finished transaction of `batch` writes: `kept` is the number of committed writes,
    /// or the error that ended the transaction.
    pub fn record(&self, batch: usize, kept: Result<usize, &DbError>, took: Duration) {
        self.batch.record(batch as f64);
        self.transaction.record(took);
        match kept {
            Ok(kept) => {
                self.committed.increment(kept as u64);
                self.rolled_back.increment((batch - kept) as u64);
            }
            Err(_) => self.lost.increment(batch as u64),
        }
    }
}

/// Counters of stored messages.
#[derive(Debug)]
pub(crate) struct MessageCounters {
    incoming: Counter,
    outgoing: Counter,
}

impl MessageCounters {
    pub fn new() -> Self {
        let messages = |direction| {
            counter!(
                description: "Messages that this process stored",
                "unicom_messages_total",
                "direction" => direction
            )
        };
        Self {
            incoming: messages("incoming"),
            outgoing: messages("outgoing"),
        }
    }

    /// Counts the message if `event` reports that one was stored.
    pub fn record(&self, event: &Event) {
        if let Event::MessageSaved { direction, .. } = event {
            match direction {
                Direction::Incoming => self.incoming.increment(1),
                Direction::Outgoing => self.outgoing.increment(1),
                Direction::Internal => {}
            }
        }
    }
}
