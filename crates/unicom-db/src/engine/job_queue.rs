//! A lane: a bounded queue of jobs and the threads that work through it, each with a connection from the pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use crate::DbError;
use crate::metrics::QueueMetrics;
use crate::metrics::counters::{Counter, Histogram, micros};

/// The sending end of a lane. Its threads end when the last clone is dropped and the queue is empty.
pub(crate) struct JobQueue<J> {
    queue: Sender<J>,
    counters: Arc<QueueCounters>,
}

impl<J: Send + 'static> JobQueue<J> {
    /// A queue for so many jobs, and the end that threads work on.
    pub fn new(capacity: usize, counters: &Arc<QueueCounters>) -> (Self, Receiver<J>) {
        let (queue, jobs) = crossbeam_channel::bounded(capacity);
        let counters = Arc::clone(counters);
        (Self { queue, counters }, jobs)
    }

    /// Queues a job without waiting; a full queue is [`DbError::Busy`].
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

    /// What waits in it, and what was done.
    pub fn snapshot(&self) -> QueueMetrics {
        self.counters.snapshot(self.queue.len())
    }
}

/// Starts `threads` threads named `name-1`, `name-2`… that do this work.
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
                reason: format!("no thread: {error}"),
            })?;
    }
    Ok(())
}

/// What is counted of one queue.
#[derive(Debug)]
pub(crate) struct QueueCounters {
    name: &'static str,
    began: Instant,
    /// No job that waits was queued before this, in microseconds since `began`.
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

    /// A job is queued where none waits.
    pub fn is_first(&self) {
        self.none_before
            .store(micros(self.began.elapsed()), Relaxed);
    }

    /// A thread took a job; what is left was queued after it. How long the job has waited.
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
