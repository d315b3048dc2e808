//! Metrics of writes and their transactions.

use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};

use crate::DbError;

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
