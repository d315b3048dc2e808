//! The two queues of writes: interactive and background.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::engine::job_queue::QueueMetrics;
use crate::engine::write_job::{Priority, WriteJob};

/// The receiving ends of the two queues.
#[derive(Clone)]
pub(crate) struct WriteQueues {
    /// Writes whose callers wait for the result.
    pub interactive: Receiver<Box<dyn WriteJob>>,
    /// Writes that may wait for interactive ones.
    pub background: Receiver<Box<dyn WriteJob>>,
}

/// A batch includes one background write, and one more for each 8 interactive writes.
const BACKGROUND_SHARE: usize = 8;

/// Maximum number of background writes in a batch without interactive writes.
const BACKGROUND_BATCH: usize = 32;

impl WriteQueues {
    /// Waits for the next writes and returns at most `most` of them, or `None` once both queues are
    /// closed. `turn` is the number of the call.
    pub fn batch(&self, most: usize, turn: usize) -> Option<Vec<Box<dyn WriteJob>>> {
        // If a batch holds only one write, every ninth batch is a background write.
        if most == 1
            && turn.is_multiple_of(BACKGROUND_SHARE + 1)
            && let Ok(later) = self.background.try_recv()
        {
            return Some(vec![later]);
        }
        // Room reserved for background writes, if any are waiting.
        let kept = match most {
            1 => 0,
            _ if self.background.is_empty() => 0,
            most => (most / (BACKGROUND_SHARE + 1)).max(1),
        };
        let mut batch: Vec<_> = self.interactive.try_iter().take(most - kept).collect();
        if batch.is_empty()
            && let Ok(later) = self.background.try_recv()
        {
            batch.push(later);
            batch.extend(
                self.background
                    .try_iter()
                    .take(most.min(BACKGROUND_BATCH) - 1),
            );
            return Some(batch);
        }
        if batch.is_empty() {
            batch.push(self.wait()?);
            batch.extend(self.interactive.try_iter().take(most - 1));
        }
        let share = 1 + batch.len() / BACKGROUND_SHARE;
        let room = most.saturating_sub(batch.len());
        batch.extend(self.background.try_iter().take(share.min(room)));
        Some(batch)
    }

    /// Waits for the next write of either queue.
    fn wait(&self) -> Option<Box<dyn WriteJob>> {
        crossbeam_channel::select! {
            recv(self.interactive) -> job => job.ok().or_else(|| self.background.recv().ok()),
            recv(self.background) -> job => job.ok().or_else(|| self.interactive.recv().ok()),
        }
    }
}

/// Metrics of the two queues.
#[derive(Clone)]
pub(crate) struct WriteQueueMetrics {
    pub interactive: Arc<QueueMetrics>,
    pub background: Arc<QueueMetrics>,
}

impl WriteQueueMetrics {
    /// Returns the metrics of the queue that `job` was put into.
    pub fn of(&self, job: &dyn WriteJob) -> &QueueMetrics {
        match job.priority() {
            Priority::Interactive => &self.interactive,
            Priority::Background => &self.background,
        }
    }
}
