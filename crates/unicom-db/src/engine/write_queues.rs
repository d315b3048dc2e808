//! The two queues of writes: those that somebody waits for, and those that may wait for these.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::engine::job_queue::QueueCounters;
use crate::engine::write_job::{Priority, WriteJob};

/// The receiving ends of the two queues of writes.
#[derive(Clone)]
pub(crate) struct WriteQueues {
    /// Writes that somebody waits for.
    pub interactive: Receiver<Box<dyn WriteJob>>,
    /// Writes that may wait for those.
    pub background: Receiver<Box<dyn WriteJob>>,
}

/// Writes that may wait are taken all the same: one, and one more for each so many that somebody waits for.
const BACKGROUND_SHARE: usize = 8;

/// Writes that may wait in one batch, where nobody waits for another write.
const BACKGROUND_BATCH: usize = 32;

impl WriteQueues {
    /// The next writes, `most` of them or fewer, once there is one; none once both queues have ended. `turn` counts.
    pub fn batch(&self, most: usize, turn: usize) -> Option<Vec<Box<dyn WriteJob>>> {
        // Where a batch has room for one only, every so many are one that may wait.
        if most == 1
            && turn.is_multiple_of(BACKGROUND_SHARE + 1)
            && let Ok(later) = self.background.try_recv()
        {
            return Some(vec![later]);
        }
        // Room that is left for those that may wait, where there are any.
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

    /// The next write of either queue, whichever comes first.
    fn wait(&self) -> Option<Box<dyn WriteJob>> {
        crossbeam_channel::select! {
            recv(self.interactive) -> job => job.ok().or_else(|| self.background.recv().ok()),
            recv(self.background) -> job => job.ok().or_else(|| self.interactive.recv().ok()),
        }
    }
}

/// What is counted of the two queues of writes.
#[derive(Clone)]
pub(crate) struct WriteQueueStats {
    pub interactive: Arc<QueueCounters>,
    pub background: Arc<QueueCounters>,
}

impl WriteQueueStats {
    /// Of the queue that `job` stands in.
    pub fn of(&self, job: &dyn WriteJob) -> &QueueCounters {
        match job.priority() {
            Priority::Interactive => &self.interactive,
            Priority::Background => &self.background,
        }
    }
}
