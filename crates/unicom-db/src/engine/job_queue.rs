//! `JobQueue`: a bounded queue of jobs and the threads that serve it, each with a pooled
//! connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use crate::DbError;
use crate::metrics::QueueMetrics;
use crate::metrics::counters::{Counter, Histogram, micros};

/// The sending end of a queue. Its threads end when the last clone is dropped and the queue is
/// empty.
pub(crate) struct JobQueue<J> {
    queue: Sender<J>,
    counters: Arc<QueueCounters>,
}

impl<J: Send + 'static> JobQueue<J> {
    /// Creates a queue for `capacity` jobs and returns it with its receiving end.
    pub fn new(capacity: usize, counters: &Arc<QueueCounters>) -> (Self, Receiver<J>) {
        let (queue, jobs) = crossbeam_channel::bounded(capacity);
        let counters = Arc::clone(counters);
        (Self { queue, counters }, jobs)
    }

    /// Queues a job without waiting. Returns [`DbError::Busy`] if the queue is full.
    pub fn send(&self, job: J) -> Result<(), DbError> {
        if self.queue.is_empty() {
            self.counters.is_first();
        }
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.counters.refused_full.add(1);
                DbError::Busy
            }
            TrySendError::Disconnected(_) => DbError::Closed,
        })
    }

    /// Returns the statistics of the queue.
    pub fn snapshot(&self) -> QueueMetrics {
        self.counters.snapshot(self.queue.len())
    }
}

/// Starts `threads` threads named `name-1`, `name-2`… that run `work`.
pub(crate) fn start_threads(
    name: &str,
    threads: usize,
    work: impl Fn() + Clone + Send + 'static,
) -> Result<(), DbError> {
    for number in 1..=threads {
        std::thread::Builder::new()
            .name(format!("{name}-{number}"))
            .spawn(work.clone())
            .map_err(|error| DbError::Unavailable {
                reason: format!("cannot start a thread: {error}"),
            })?;
    }
    Ok(())
}

/// Counters of a queue.
#[derive(Debug)]
pub(crate) struct QueueCounters {
    name: &'static str,
    began: Instant,
    /// No waiting job was queued before this time, in microseconds since `began`.
    none_before: AtomicU64,
    waited: Histogram,
    refused_full: Counter,
    pub refused_late: Counter,
    pub refused_unconnected: Counter,
}

impl QueueCounters {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            began: Instant::now(),
            none_before: AtomicU64::new(0),
            waited: Histogram::of_durations(),
            refused_full: Counter::default(),
            refused_late: Counter::default(),
            refused_unconnected: Counter::default(),
        }
    }

    /// Records that a job is queued while the queue is empty.
    pub fn is_first(&self) {
        self.none_before
            .store(micros(self.began.elapsed()), Relaxed);
    }

    /// Records that a thread took a job, and returns how long it waited. The remaining jobs were
    /// queued later.
    pub fn taken(&self, queued_at: Instant) -> Duration {
        let waited = queued_at.elapsed();
        self.waited.add_duration(waited);
        self.none_before.fetch_max(
            micros(queued_at.saturating_duration_since(self.began)),
            Relaxed,
        );
        waited
    }

    pub fn snapshot(&self, waiting: usize) -> QueueMetrics {
        let now = micros(self.began.elapsed());
        let oldest = match waiting {
            0 => 0,
            _ => now.saturating_sub(self.none_before.load(Relaxed)),
        };
        QueueMetrics {
            name: self.name,
            waiting,
            oldest: Duration::from_micros(oldest),
            waited: self.waited.snapshot(),
            refused_full: self.refused_full.get(),
            refused_late: self.refused_late.get(),
            refused_unconnected: self.refused_unconnected.get(),
        }
    }
}
