//! The power-cut trial: a server on SQLite whose disk loses what was not synced.
//!
//! `preload/power.c` sits between the server and its files. It records every change and every sync
//! in a journal, and kills the server at a random one of them. `disk.rs` then computes what a disk
//! would hold, and the next server starts on that. From the same cuts it also computes what disks
//! would hold that skip syncs. Those must have lost something, or the trial would prove nothing.

mod disk;
mod file;
mod folder;
mod journal;
mod outcome;
mod preload;
mod tree;
mod verdict;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use fastrand::Rng;
use unicom_bench::interrupt;
use unicom_bench::scratch_db::ScratchDb;

use crate::ack_log::Sent;
use crate::connection::Connection;
use crate::database::{Books, settle};
use crate::layout::Layout;
use crate::options::Options;
use crate::readback::read_back;
use crate::report::Report;
use crate::server::{Ended, Setting};
use crate::visitors::Visitors;
use disk::{Disk, Syncs};
use outcome::Outcome;
use verdict::{DATABASE, judge};

/// The maximum number of cuts on one database.
const CUTS_OF_A_DATABASE: u32 = 12;

/// The number of a database's first cuts that happen during migrations.
const CUTS_OF_MIGRATIONS: u32 = 2;

/// The maximum number of file changes before a cut: during a migration, during a start
/// (`OF_A_START`), and while the server runs (`OF_A_LIFE`).
const OF_A_MIGRATION: u64 = 300;
const OF_A_START: u64 = 80;
const OF_A_LIFE: u64 = 6000;

/// The longest duration of a sync, in microseconds. It is that of a good disk, so that some syncs
/// are in progress when the power is cut.
const SYNC_US: &str = "3000";

/// How long a server may take to reach the change at which the power is cut.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let seed = options.seed();
    let mut rng = Rng::with_seed(seed);
    let folder = tempfile::tempdir()?;
    let library = preload::compile(folder.path())?;
    let mut outcome = Outcome::default();
    let mut left = options.rounds;
    let mut databases = 0;
    while left > 0 {
        // Even a short run covers every layout.
        let layouts = u32::try_from(Layout::ALL.len())?;
        let cuts = left
            .min(CUTS_OF_A_DATABASE)
            .min(options.rounds.div_ceil(layouts));
        let work = tempfile::tempdir_in(folder.path())?;
        let layout = Layout::ALL[databases % Layout::ALL.len()];
        databases += 1;
        Trial::new(options, &library, layout, work.path())?
            .run(options, cuts, &mut rng, &mut outcome)
            .with_context(|| {
                format!(
                    "the trial stopped after {} cuts; its seed is {seed}",
                    outcome.cuts
                )
            })?;
        left -= cuts;
        let acknowledged = outcome.verdict.acknowledged;
        log::warn!("{} cuts, {acknowledged} messages", outcome.cuts);
    }
    Ok(outcome.report(seed))
}

/// One database, whose power is cut repeatedly.
struct Trial {
    scratch_db: ScratchDb,
    setting: Setting,
    layout: Layout,
    library: PathBuf,
    /// The folder of the journal and of the disk states that are checked.
    work: PathBuf,
}

impl Trial {
    fn new(options: &Options, library: &Path, layout: Layout, work: &Path) -> anyhow::Result<Self> {
        let scratch_db = ScratchDb::new(None)?;
        for folder in ["apart", "files"] {
            fs::create_dir(scratch_db.folder().join(folder))?;
        }
        Ok(Self {
            setting: Setting::new(options.server()?, &scratch_db, layout, work.join("log"))?,
            scratch_db,
            layout,
            library: library.to_owned(),
            work: work.to_owned(),
        })
    }

    fn run(
        &self,
        options: &Options,
        cuts: u32,
        rng: &mut Rng,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        let mut left = cuts;
        while left > cuts.saturating_sub(CUTS_OF_MIGRATIONS) && left > 1 {
            let at = rng.u64(1..OF_A_MIGRATION);
            if !self.cut("migrate", at, &mut Vec::new, rng, outcome)? {
                break;
            }
            outcome.at_migration += 1;
            left -= 1;
        }
        self.setting.create_channel()?;

        let name = format!("p{}", outcome.cuts);
        let mut visitors = Visitors::start(self.setting.address, options.visitors, &name, rng)?;
        let ack_log = visitors.ack_log.clone();
        while left > 0 {
            interrupt::check()?;
            visitors.check()?;
            let is_start = rng.u8(..6) == 0;
            let at = rng.u64(1..if is_start { OF_A_START } else { OF_A_LIFE });
            let mut sent = || {
                // Meanwhile the clients read the responses that were already sent.
                thread::sleep(Duration::from_millis(20));
                ack_log.sent()
            };
            let is_cut = self.cut("serve", at, &mut sent, rng, outcome);
            anyhow::ensure!(
                is_cut.with_context(|| self.setting.last_words())?,
                "the server has ended by itself"
            );
            outcome.at_start += u64::from(is_start);
            left -= 1;
        }

        let mut server = self.setting.start(&["serve"], &[])?;
        server
            .wait_ready()
            .with_context(|| self.setting.last_words())?;
        let (people, ack_log) = visitors.stop().with_context(|| self.setting.last_words())?;
        settle(&self.scratch_db)?;
        let connection = Connection::afterwards(self.setting.address)?;
        let found = read_back(&connection, &people)?;
        drop(server);
        let books = Books::read(&self.scratch_db)?;
        outcome.verdict.add(&ack_log, found, books);
        Ok(())
    }

    /// Runs the server until the power is cut at its change number `at`, and leaves what its disk
    /// then holds.
    ///
    /// Returns `false` if the process finished before the cut.
    fn cut(
        &self,
        command: &str,
        at: u64,
        sent: &mut dyn FnMut() -> Vec<Sent>,
        rng: &mut Rng,
        outcome: &mut Outcome,
    ) -> anyhow::Result<bool> {
        let root = self.scratch_db.folder().canonicalize()?;
        let (before, known) = tree::read(&root)?;
        let journal = self.work.join("journal");
        let _ = fs::remove_file(&journal);
        let (at, seed) = (at.to_string(), rng.u32(..).to_string());
        let variables: [(&str, &OsStr); 6] = [
            ("LD_PRELOAD", self.library.as_ref()),
            ("POWER_ROOT", root.as_ref()),
            ("POWER_JOURNAL", journal.as_ref()),
            ("POWER_CUT_AT", at.as_ref()),
            ("POWER_SYNC_US", SYNC_US.as_ref()),
            ("POWER_SEED", seed.as_ref()),
        ];
        let mut server = self.setting.start(&[command], &variables)?;
        let ended = server.wait_killed(PATIENCE)?;
        anyhow::ensure!(
            ended != Ended::TooLate,
            "the server did not write {at} times in {PATIENCE:?}"
        );
        let sent = sent();

        let changes = journal::read(&fs::read(&journal)?)?;
        let replay = |syncs| {
            let mut disk = Disk::new(&root, &before, &known, syncs)?;
            changes.iter().try_for_each(|change| disk.apply(change))?;
            anyhow::Ok(disk)
        };
        let honest = replay(Syncs::All)?;
        let (found, numbers) = tree::read(&root)?;
        outcome.note(&changes, numbers.get(Path::new(DATABASE)).copied());
        check_journal(&honest.now(), &found)?;
        if ended == Ended::Done {
            return Ok(false);
        }
        outcome.cuts += 1;

        let copy = self.work.join("disk");
        let left = honest.after_cut(rng);
        for (syncs, verdicts) in [
            (Syncs::None, &mut outcome.none),
            (Syncs::LogsLate, &mut outcome.logs_late),
        ] {
            let left = replay(syncs)?.after_cut(rng);
            verdicts.add(&judge(&copy, &left, self.layout.media(), &sent)?);
        }
        let verdict = judge(&copy, &left, self.layout.media(), &sent)?;
        outcome.honest.add(&verdict);
        outcome.verdict.complaints.extend(verdict.words());
        tree::write(&root, &left)?;
        Ok(true)
    }
}

/// Checks that the journal contains everything that the server wrote.
///
/// # Errors
///
/// Fails if a file was written without a journal entry.
fn check_journal(told: &tree::Tree, found: &tree::Tree) -> anyhow::Result<()> {
    let paths = told.keys().chain(found.keys());
    for path in paths {
        anyhow::ensure!(
            told.get(path) == found.get(path),
            "`{}` was written past preload/power.c, which must learn how",
            path.display()
        );
    }
    Ok(())
}
