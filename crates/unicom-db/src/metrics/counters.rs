//! Counters and histograms of a `Database`: a few atomic additions for each job.
//!
//! The atomics are relaxed: a snapshot taken during an update may contain only one of two values
//! that change together.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use unicom_models::Direction;

use super::{HistogramSnapshot, WriteMetrics};
use crate::{DbError, Event};

/// Bucket bounds for waits and transactions, in microseconds: from the overhead of a queue to
/// delays after which clients give up.
const DURATIONS_US: &[u64] = &[
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000,
];

/// Bucket bounds for batch sizes. By default, a batch has at most 512 writes.
const BATCHES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// A monotonically increasing counter.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, number: usize) {
        self.0.fetch_add(number as u64, Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A histogram with fixed bucket bounds.
#[derive(Debug)]
pub(crate) struct Histogram {
    bounds: &'static [u64],
    /// One count for each bound, and one for larger values.
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
    /// How many recorded units make one unit of the snapshot. A divisor, so that 0.025 is exactly
    /// 0.025.
    per_unit: f64,
}

impl Histogram {
    pub fn of_durations() -> Self {
        Self::new(DURATIONS_US, 1e6)
    }

    pub fn of_batches() -> Self {
        Self::new(BATCHES, 1.0)
    }

    fn new(bounds: &'static [u64], per_unit: f64) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
            per_unit,
        }
    }

    pub fn add(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(value, Relaxed);
    }

    pub fn add_duration(&self, duration: Duration) {
        self.add(micros(duration));
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "figures for people; 2^53 microseconds are 285 years"
    )]
    pub fn snapshot(&self) -> HistogramSnapshot {
        let mut count = 0;
        let mut counts = self.counts.iter().map(|at_bound| {
            count += at_bound.load(Relaxed);
            count
        });
        let bounds = self
            .bounds
            .iter()
            .map(|bound| *bound as f64 / self.per_unit);
        let buckets = bounds.zip(counts.by_ref()).collect();
        HistogramSnapshot {
            buckets,
            count: counts.next().unwrap_or_default(),
            sum: self.sum.load(Relaxed) as f64 / self.per_unit,
        }
    }
}

/// Counters of writes.
#[derive(Debug)]
pub(crate) struct WriteCounters {
    committed: Counter,
    rolled_back: Counter,
    lost: Counter,
    batch: Histogram,
    transaction: Histogram,
    pub commit: Histogram,
}

impl WriteCounters {
    pub fn new() -> Self {
        Self {
            committed: Counter::default(),
            rolled_back: Counter::default(),
            lost: Counter::default(),
            batch: Histogram::of_batches(),
            transaction: Histogram::of_durations(),
            commit: Histogram::of_durations(),
        }
    }

    /// Records a finished transaction of `batch` writes: `kept` is the number of committed writes,
    /// or the error that ended the transaction.
    pub fn record(&self, batch: usize, kept: Result<usize, &DbError>, took: Duration) {
        self.batch.add(batch as u64);
        self.transaction.add_duration(took);
        match kept {
            Ok(kept) => {
                self.committed.add(kept);
                self.rolled_back.add(batch - kept);
            }
            Err(_) => self.lost.add(batch),
        }
    }

    pub fn snapshot(&self) -> WriteMetrics {
        WriteMetrics {
            committed: self.committed.get(),
            rolled_back: self.rolled_back.get(),
            lost: self.lost.get(),
            batch: self.batch.snapshot(),
            transaction: self.transaction.snapshot(),
            commit: self.commit.snapshot(),
        }
    }
}

/// Counters of the published events.
#[derive(Debug, Default)]
pub(crate) struct EventCounters {
    pub incoming_messages: Counter,
    pub outgoing_messages: Counter,
}

impl EventCounters {
    pub fn record(&self, event: &Event) {
        match event {
            Event::MessageSaved {
                direction: Direction::Incoming,
                ..
            } => self.incoming_messages.add(1),
            Event::MessageSaved {
                direction: Direction::Outgoing,
                ..
            } => self.outgoing_messages.add(1),
            _ => {}
        }
    }
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
