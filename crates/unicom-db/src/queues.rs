//! The two queues of writes: those that somebody waits for, and those that may wait for these.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::lane::LaneTally;
use crate::writer::WriteJob;

/// Which of the two queues a write stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    /// Somebody waits for it.
    First,
    /// It may wait for those.
    Later,
}

/// The receiving ends of the two queues of writes.
#[derive(Clone)]
pub(crate) struct Queues {
    /// Writes that somebody waits for.
    pub first: Receiver<Box<dyn WriteJob>>,
    /// Writes that may wait for those.
    pub later: Receiver<Box<dyn WriteJob>>,
}

/// Writes that may wait are taken all the same: one, and one more for each so many that somebody waits for.
const LATER_SHARE: usize = 8;

/// Writes that may wait in one batch, where nobody waits for another write.
const LATER_ALONE: usize = 32;

impl Queues {
    /// The next writes, `most` of them or fewer, once there is one; none once both queues have ended. `turn` counts.
    pub fn batch(&self, most: usize, turn: usize) -> Option<Vec<Box<dyn WriteJob>>> {
        // Where a batch has room for one only, every so many are one that may wait.
        if most == 1
            && turn.is_multiple_of(LATER_SHARE + 1)
            && let Ok(later) = self.later.try_recv()
        {
            return Some(vec![later]);
        }
        // Room that is left for those that may wait, where there are any.
        let kept = match most {
            1 => 0,
            _ if self.later.is_empty() => 0,
            most => (most / (LATER_SHARE + 1)).max(1),
        };
        let mut batch: Vec<_> = self.first.try_iter().take(most - kept).collect();
        if batch.is_empty()
            && let Ok(later) = self.later.try_recv()
        {
            batch.push(later);
            batch.extend(self.later.try_iter().take(most.min(LATER_ALONE) - 1));
            return Some(batch);
        }
        if batch.is_empty() {
            batch.push(self.wait()?);
            batch.extend(self.first.try_iter().take(most - 1));
        }
        let share = 1 + batch.len() / LATER_SHARE;
        let room = most.saturating_sub(batch.len());
        batch.extend(self.later.try_iter().take(share.min(room)));
        Some(batch)
    }

    /// The next write of either queue, whichever comes first.
    fn wait(&self) -> Option<Box<dyn WriteJob>> {
        crossbeam_channel::select! {
            recv(self.first) -> job => job.ok().or_else(|| self.later.recv().ok()),
            recv(self.later) -> job => job.ok().or_else(|| self.first.recv().ok()),
        }
    }
}

/// What is counted of the two queues of writes.
#[derive(Clone)]
pub(crate) struct Lanes {
    pub first: Arc<LaneTally>,
    pub later: Arc<LaneTally>,
}

impl Lanes {
    /// Of the queue that `job` stands in.
    pub fn of(&self, job: &dyn WriteJob) -> &LaneTally {
        match job.turn() {
            Turn::First => &self.first,
            Turn::Later => &self.later,
        }
    }
}
