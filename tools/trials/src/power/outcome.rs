//! The results of power cuts and their report.

use super::journal::Change;
use super::verdict::CutVerdict;
use crate::report::Report;
use crate::row::Row;
use crate::verdict::Verdict;

/// The results over all databases.
#[derive(Debug, Default)]
pub struct Outcome {
    pub cuts: u64,
    pub at_migration: u64,
    pub at_start: u64,
    changes: u64,
    syncs: u64,
    checkpoints: u64,
    during_sync: u64,
    pub honest: Verdicts,
    pub logs_late: Verdicts,
    pub none: Verdicts,
    pub verdict: Verdict,
}

/// What disks of one kind would have lost, over all cuts.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// The number of cuts that lost something.
    cuts: u64,
    lost: u64,
    files_lost: u64,
    /// The number of cuts that damaged the database.
    damaged: u64,
}

impl Verdicts {
    pub fn add(&mut self, verdict: &CutVerdict) {
        self.cuts += u64::from(verdict.lost + verdict.files_lost > 0);
        self.lost += verdict.lost;
        self.files_lost += verdict.files_lost;
        self.damaged += u64::from(!verdict.damage.is_empty());
    }
}

impl Outcome {
    /// Records the changes before a cut. `database` is the inode number of the database file.
    pub fn note(&mut self, changes: &[Change], database: Option<u64>) {
        self.changes += changes.len() as u64;
        let is_end = |change: &&Change| matches!(change, Change::SyncEnd { .. });
        let is_begin = |change: &&Change| matches!(change, Change::SyncBegin { .. });
        let ended = changes.iter().filter(is_end).count();
        self.syncs += ended as u64;
        let is_checkpoint = |change: &&Change| matches!(change, Change::Write { node, .. } if Some(*node) == database);
        self.checkpoints += u64::from(changes.last().as_ref().is_some_and(is_checkpoint));
        self.during_sync += u64::from(changes.iter().filter(is_begin).count() > ended);
    }

    pub fn report(self, seed: u64) -> Report {
        let mut rows = vec![
            Row::info("power cuts", self.cuts),
            Row::info("of these, while the tables are created", self.at_migration),
            Row::info("of these, while the server starts", self.at_start),
            Row::info("of these, while the disk syncs", self.during_sync),
            Row::info(
                "of these, while the database itself is written (a checkpoint)",
                self.checkpoints,
            ),
            Row::info("changes of files", self.changes),
            Row::info("syncs", self.syncs),
            Row::some("messages acknowledged", self.verdict.acknowledged),
        ];
        rows.extend(self.verdict.counters.rows());
        rows.extend([
            Row::none(
                "acknowledged and lost, on the disk after a cut",
                self.honest.lost,
            ),
            Row::none(
                "acknowledged files lost, on the disk after a cut",
                self.honest.files_lost,
            ),
            Row::none("cuts that damaged the database", self.honest.damaged),
            Row::some(
                "cuts that would have lost something with `synchronous=OFF`",
                self.none.cuts,
            ),
            Row::some(
                "acknowledged and lost with `synchronous=OFF`, counted at each cut",
                self.none.lost,
            ),
            Row::info(
                "cuts that would have damaged the database with `synchronous=OFF`",
                self.none.damaged,
            ),
            Row::some(
                "cuts that would have lost something with `synchronous=NORMAL`",
                self.logs_late.cuts,
            ),
            Row::some(
                "acknowledged and lost with `synchronous=NORMAL`, counted at each cut",
                self.logs_late.lost,
            ),
            Row::none(
                "cuts that would have damaged the database with `synchronous=NORMAL`",
                self.logs_late.damaged,
            ),
        ]);
        Report::new("Power cuts on SQLite", Some(seed), rows, self.verdict)
    }
}
