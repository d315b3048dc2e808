//! The SIGKILL trial: kills the server while visitors write, while it starts, and while it migrates
//! the database.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use fastrand::Rng;
use tempfile::TempDir;
use unicom_bench::interrupt;
use unicom_bench::scratch_db::ScratchDb;

use crate::connection::Connection;
use crate::database::{Books, settle};
use crate::layout::Layout;
use crate::options::{OnDatabase, Options};
use crate::readback::read_back;
use crate::report::Report;
use crate::row::Row;
use crate::server::Setting;
use crate::verdict::Verdict;
use crate::visitors::Visitors;

/// The maximum number of kills on one database, which limits the amount of data to read back.
const KILLS_ON_A_DATABASE: u32 = 50;

/// The number of these kills that happen during migrations.
const KILLS_OF_MIGRATIONS: u32 = 3;

/// The longest time that a server runs before it is killed.
const LONGEST_LIFE: Duration = Duration::from_millis(1500);

/// The results over all databases.
#[derive(Debug, Default)]
struct Outcome {
    kills: u64,
    at_start: u64,
    at_migration: u64,
    verdict: Verdict,
}

pub fn run(options: &Options, on: &OnDatabase) -> anyhow::Result<Report> {
    let server = on.server()?;
    let seed = options.seed();
    let mut rng = Rng::with_seed(seed);
    let mut outcome = Outcome::default();
    let mut left = options.rounds;
    while left > 0 {
        let kills = left.min(KILLS_ON_A_DATABASE);
        on_a_database(options, server.as_deref(), kills, &mut rng, &mut outcome).with_context(
            || {
                format!(
                    "the trial stopped after {} kills; its seed is {seed}",
                    outcome.kills
                )
            },
        )?;
        left -= kills;
        let acknowledged = outcome.verdict.acknowledged;
        log::warn!("{} kills, {acknowledged} messages", outcome.kills);
    }
    Ok(outcome.report(&format!("SIGKILL on {}", on.describe()), seed))
}

fn on_a_database(
    options: &Options,
    server: Option<&str>,
    kills: u32,
    rng: &mut Rng,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let scratch_db = ScratchDb::new(server)?;
    let setting = Setting::new(
        options.server()?,
        &scratch_db,
        Layout::BESIDE,
        folder.path().join("log"),
    )?;
    let mut left = kills;

    let span = time_to_migrate(options, server)?;
    while left > kills.saturating_sub(KILLS_OF_MIGRATIONS) && left > 1 {
        if !setting
            .start(&["migrate"], &[])?
            .kill_after(part_of(span, rng))?
        {
            // The migration finished before the kill, so there is nothing left to migrate.
            break;
        }
        outcome.at_migration += 1;
        outcome.kills += 1;
        left -= 1;
    }
    setting.create_channel()?;

    let name = format!("k{}", outcome.kills);
    let mut visitors = Visitors::start(setting.address, options.visitors, &name, rng)?;
    let killed: anyhow::Result<()> = (|| {
        let mut span_of_start = None;
        while left > 0 {
            interrupt::check()?;
            visitors.check()?;
            let begun = Instant::now();
            let mut server = setting.start(&["serve"], &[])?;
            match span_of_start {
                Some(span) if rng.u8(..6) == 0 => {
                    thread::sleep(part_of(span, rng));
                    server.kill()?;
                    outcome.at_start += 1;
                }
                _ => {
                    server.wait_ready()?;
                    span_of_start.get_or_insert(begun.elapsed());
                    thread::sleep(part_of(LONGEST_LIFE, rng));
                    server.kill()?;
                }
            }
            left -= 1;
            outcome.kills += 1;
        }
        Ok(())
    })();
    killed.with_context(|| setting.last_words())?;

    let mut server = setting.start(&["serve"], &[])?;
    server.wait_ready().with_context(|| setting.last_words())?;
    let (people, ack_log) = visitors.stop().with_context(|| setting.last_words())?;
    settle(&scratch_db)?;
    let found = read_back(&Connection::afterwards(setting.address)?, &people)?;
    drop(server);
    let books = Books::read(&scratch_db)?;
    let is_well =
        found.examples.is_empty() && books.damage.is_empty() && ack_log.complaints().is_empty();
    outcome.verdict.add(&ack_log, found, books);
    if !is_well {
        keep(folder, &scratch_db, &setting)?;
    }
    Ok(())
}

/// Keeps the folder with the servers' log and copies an SQLite database into it.
fn keep(folder: TempDir, scratch_db: &ScratchDb, setting: &Setting) -> anyhow::Result<()> {
    let kept = folder.keep();
    for entry in fs::read_dir(scratch_db.folder())? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), kept.join(entry.file_name()))?;
        }
    }
    eprintln!(
        "what was left is in `{}`\n{}",
        kept.display(),
        setting.last_words()
    );
    Ok(())
}

/// Measures how long `unicom migrate` takes on an empty database.
fn time_to_migrate(options: &Options, server: Option<&str>) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let scratch_db = ScratchDb::new(server)?;
    let setting = Setting::new(
        options.server()?,
        &scratch_db,
        Layout::BESIDE,
        folder.path().join("log"),
    )?;
    let begun = Instant::now();
    setting.manage(&["migrate"])?;
    Ok(begun.elapsed())
}

fn part_of(span: Duration, rng: &mut Rng) -> Duration {
    span.mul_f64(rng.f64())
}

impl Outcome {
    fn report(self, title: &str, seed: u64) -> Report {
        let mut rows = vec![
            Row::info("kills", self.kills),
            Row::info("of these, while the server starts", self.at_start),
            Row::info("of these, while the tables are created", self.at_migration),
            Row::some("messages acknowledged", self.verdict.acknowledged),
        ];
        rows.extend(self.verdict.counters.rows());
        Report::new(title, Some(seed), rows, self.verdict)
    }
}
