//! `JobQueue`: a bounded queue of jobs and the threads that serve it, each with a pooled
//! connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::DbError;

/// The sending end of a queue. Its threads end when the last clone is dropped and the queue is
/// empty.
pub(crate) struct JobQueue<J> {
    queue: Sender<J>,
    metrics: Arc<QueueMetrics>,
}

impl<J> Clone for JobQueue<J> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            metrics: Arc::clone(&self.metrics),
        }
    }
}

impl<J: Send + 'static> JobQueue<J> {
    /// Creates a queue for `capacity` jobs and returns it with its receiving end.
    pub fn new(capacity: usize, metrics: &Arc<QueueMetrics>) -> (Self, Receiver<J>) {
        let (queue, jobs) = crossbeam_channel::bounded(capacity);
        let metrics = Arc::clone(metrics);
        (Self { queue, metrics }, jobs)
    }

    /// Queues a job without waiting. Returns the job with [`DbError::Busy`] if the queue is full.
    pub fn send(&self, job: J) -> Result<(), (J, DbError)> {
        if self.queue.is_empty() {
            self.metrics.is_first();
        }
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(job) => {
                self.metrics.refused_full.increment(1);
                (job, DbError::Busy)
            }
            TrySendError::Disconnected(job) => (job, DbError::Closed),
        })
    }

    /// Sets the gauges of the queue to its current length and age.
    pub fn refresh_gauges(&self) {
        self.metrics.refresh_gauges(self.queue.len());
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

/// Metrics of a queue.
#[derive(Debug)]
pub(crate) struct QueueMetrics {
    began: Instant,
    /// No waiting job was queued before this time, in microseconds since `began`.
    none_before: AtomicU64,
    waiting: Gauge,
    oldest: Gauge,
    waited: Histogram,
    refused_full: Counter,
    pub refused_late: Counter,
    pub refused_unconnected: Counter,
}

impl QueueMetrics {
    /// Registers the metrics of the queue `name`: `read`, `write`, or `write_later` for background
    /// writes.
    pub fn new(name: &'static str) -> Self {
        let refused = |reason| {
            counter!(
                description: "Jobs that were refused: the queue was full, they had waited too long, or there was no connection",
                "unicom_database_jobs_refused_total",
                "lane" => name,
                "reason" => reason
            )
        };
        Self {
            began: Instant::now(),
            none_before: AtomicU64::new(0),
            waiting: gauge!(
                description: "Jobs waiting for a database thread",
                "unicom_database_jobs_waiting",
                "lane" => name
            ),
            oldest: gauge!(
                description: "Upper bound of the time that the oldest waiting job has waited",
                "unicom_database_oldest_job_age_seconds",
                "lane" => name
            ),
            waited: histogram!(
                description: "Time that jobs waited until a thread took them",
                "unicom_database_job_wait_seconds",
                "lane" => name
            ),
            refused_full: refused("full"),
            refused_late: refused("late"),
            refused_unconnected: refused("no_connection"),
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
        self.waited.record(waited);
        self.none_before.fetch_max(
            micros(queued_at.saturating_duration_since(self.began)),
            Relaxed,
        );
        waited
    }

    fn refresh_gauges(&self, waiting: usize) {
        let now = micros(self.began.elapsed());
        let oldest = match waiting {
            0 => 0,
            _ => now.saturating_sub(self.none_before.load(Relaxed)),
        };
        self.waiting.set(waiting as f64);
        self.oldest.set(Duration::from_micros(oldest));
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
