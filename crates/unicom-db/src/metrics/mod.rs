//! `DatabaseMetrics`: what a `Database` has done since it was connected, and what waits in it.
//!
//! Plain numbers, for whoever shows them to an operator: no library for metrics is known here.

pub(crate) mod counters;

use std::time::Duration;

/// What a [`Database`](crate::Database) has done since it was connected, and what waits in it now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DatabaseMetrics {
    /// The queues in front of its threads.
    pub queues: Vec<QueueMetrics>,
    /// Reads that ran on the thread that asked. On SQLite.
    pub inline_reads: u64,
    /// Writes, and the transactions that they shared.
    pub writes: WriteMetrics,
    /// Connections of the pool.
    pub pool: PoolMetrics,
    /// Messages of visitors that were stored.
    pub incoming_messages: u64,
    /// Messages of bots and of staff that were stored.
    pub outgoing_messages: u64,
}

/// A queue and the threads that work through it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueueMetrics {
    /// `read`, `write`, or `write_background` for writes that nobody waits for.
    pub name: &'static str,
    /// Jobs that wait now.
    pub waiting: usize,
    /// How long the oldest of them has waited, at the most; zero where none waits.
    pub oldest: Duration,
    /// How long jobs had waited when a thread took them, in seconds.
    pub waited: HistogramSnapshot,
    /// Jobs that were refused because the queue was full.
    pub refused_full: u64,
    /// Jobs that were refused because they had waited too long.
    pub refused_late: u64,
    /// Jobs that were refused because there was no connection.
    pub refused_unconnected: u64,
}

/// Writes, and the transactions that they shared.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WriteMetrics {
    /// Writes that were committed.
    pub committed: u64,
    /// Writes that said themselves that nothing is to be kept, such as one that named a chat that is not there.
    pub rolled_back: u64,
    /// Writes of transactions that failed.
    pub lost: u64,
    /// Writes that shared a transaction, for each transaction.
    pub batch: HistogramSnapshot,
    /// How long transactions took from their beginning to their end, in seconds.
    pub transaction: HistogramSnapshot,
    /// How long the commit took at their end, in seconds. None for a statement that is a transaction of its own.
    pub commit: HistogramSnapshot,
}

/// Connections that threads share.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// Connections there are.
    pub connections: u32,
    /// Those that nobody uses now.
    pub idle: u32,
    /// How long threads waited for a connection, in seconds.
    pub waited: HistogramSnapshot,
    /// Waits that ended without a connection.
    pub failed: u64,
}

/// How many of the measured values were at most as large as each bound.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistogramSnapshot {
    /// Each bound, in ascending order, and how many values were at most that large.
    pub buckets: Vec<(f64, u64)>,
    /// How many values there were.
    pub count: u64,
    /// All values added up.
    pub sum: f64,
}
