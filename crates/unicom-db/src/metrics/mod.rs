//! `DatabaseMetrics`: statistics of a `Database` since it was connected.
//!
//! Plain numbers that the caller can export; this crate depends on no metrics library.

pub(crate) mod counters;

use std::time::Duration;

/// Statistics of a [`Database`](crate::Database) since it was connected, and the current length of
/// its queues.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DatabaseMetrics {
    /// The queues of the reader and writer threads.
    pub queues: Vec<QueueMetrics>,
    /// Reads that ran on the calling thread. SQLite only.
    pub inline_reads: u64,
    /// Writes and their transactions.
    pub writes: WriteMetrics,
    /// Connections of the pool.
    pub pool: PoolMetrics,
    /// Stored messages of visitors.
    pub incoming_messages: u64,
    /// Stored messages of bots and admins.
    pub outgoing_messages: u64,
}

/// A queue and the threads that serve it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueueMetrics {
    /// `read`, `write`, or `write_later` for background writes.
    pub name: &'static str,
    /// Jobs that are waiting now.
    pub waiting: usize,
    /// Upper bound of the waiting time of the oldest waiting job; zero if no job is waiting.
    pub oldest: Duration,
    /// How long jobs waited until a thread took them, in seconds.
    pub waited: HistogramSnapshot,
    /// Jobs that were refused because the queue was full.
    pub refused_full: u64,
    /// Jobs that were refused because they had waited too long.
    pub refused_late: u64,
    /// Jobs that were refused because no connection was available.
    pub refused_unconnected: u64,
}

/// Writes and their transactions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WriteMetrics {
    /// Committed writes.
    pub committed: u64,
    /// Writes whose closure returned an error, for example because the chat does not exist, and
    /// that were therefore rolled back.
    pub rolled_back: u64,
    /// Writes lost because their transaction failed.
    pub lost: u64,
    /// Writes per transaction.
    pub batch: HistogramSnapshot,
    /// Duration of transactions from begin to end, in seconds.
    pub transaction: HistogramSnapshot,
    /// Duration of the final commit, in seconds. Not recorded for a single statement that commits
    /// by itself.
    pub commit: HistogramSnapshot,
}

/// Connections shared by the threads.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// Open connections.
    pub connections: u32,
    /// Open connections that are not in use.
    pub idle: u32,
    /// How long threads waited for a connection, in seconds.
    pub waited: HistogramSnapshot,
    /// Waits that ended without a connection.
    pub failed: u64,
}

/// A cumulative histogram.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistogramSnapshot {
    /// Each bound in ascending order, with the number of values that were at most that large.
    pub buckets: Vec<(f64, u64)>,
    /// The number of values.
    pub count: u64,
    /// The sum of all values.
    pub sum: f64,
}
