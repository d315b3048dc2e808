//! The size of the binary, the start-up time, and the resident memory.

use std::thread;
use std::time::{Duration, Instant};

use crate::fill::{Messages, Place, fill};
use crate::fixture::{ECHO, Fixture};
use crate::http::Script;
use crate::options::Options;
use crate::process::{Memory, memory};
use crate::report::{Goal, Report, Row};
use crate::scratch_db::ScratchDb;
use crate::server::{Server, create_channel};

const MIB: f64 = (1 << 20) as f64;

/// The default duration of the load before memory is measured.
const USUAL_LOAD: Duration = Duration::from_secs(60);

/// The pause after which a server without requests counts as idle.
const REST: Duration = Duration::from_secs(2);

pub fn run(options: &Options) -> anyhow::Result<Report> {
    let size = std::fs::metadata(options.server()?)?.len() as f64 / MIB;
    let mut rows = vec![Row::single("the binary", "MiB", &[size]).with_goal(Goal::AtMost(20.0))];
    let scratch_db = filled_database(options)?;
    let starts = starts(options, &scratch_db)?;
    rows.push(Row::single("start to first answer", "ms", &starts).with_goal(Goal::AtMost(50.0)));
    rows.extend(at_rest(options, scratch_db)?);
    for connections in options.connections() {
        rows.extend(under_load(options, filled_database(options)?, connections)?);
    }
    Ok(Report {
        title: format!("What the server takes: {}", options.describe()),
        rows,
    })
}

/// Creates a database with a channel and 100,000 messages.
fn filled_database(options: &Options) -> anyhow::Result<ScratchDb> {
    let scratch_db = ScratchDb::new(options.database_url.as_deref())?;
    create_channel(options, &scratch_db, ECHO)?;
    let places: Vec<Place> = Place::guests(100).collect();
    fill(
        &mut scratch_db.connection()?,
        &places,
        Messages::dialogue(1000),
    )?;
    Ok(scratch_db)
}

/// Measures the milliseconds from the start of the process to its first response.
fn starts(options: &Options, scratch_db: &ScratchDb) -> anyhow::Result<Vec<f64>> {
    let mut starts = Vec::new();
    for _ in 0..options.pairs {
        let begun = Instant::now();
        let server = Server::start(options, scratch_db)?;
        starts.push(begun.elapsed().as_secs_f64() * 1e3);
        drop(server);
    }
    Ok(starts)
}

/// Measures the resident memory of an idle server, after one visitor has sent a message.
fn at_rest(options: &Options, scratch_db: ScratchDb) -> anyhow::Result<Option<Row>> {
    let fixture = Fixture::open_on(options, scratch_db, 1)?;
    thread::sleep(REST);
    let row = |idle: Memory| Row::single("resident, idle", "MiB", &[idle.resident_mib]);
    let row = memory(fixture.server.pid()).map(row);
    Ok(row.map(|row| row.with_goal(Goal::AtMost(15.0))))
}

/// Measures the resident memory after a mixed load of sends, pages, lists and polls.
fn under_load(
    options: &Options,
    scratch_db: ScratchDb,
    connections: usize,
) -> anyhow::Result<Vec<Row>> {
    let fixture = Fixture::open_on(options, scratch_db, connections)?;
    let places = Place::of(&fixture.guests);
    fill(
        &mut fixture.scratch_db.connection()?,
        &places,
        Messages::dialogue(1000),
    )?;
    let guests = fixture.guests.iter().enumerate();
    let scripts: Vec<Script> = guests
        .map(|(number, guest)| {
            Script::again(match number % 4 {
                0 => guest.send(),
                1 => guest.messages("?limit=50"),
                2 => guest.chats(),
                _ => guest.messages("?limit=1"),
            })
        })
        .collect();
    let span = options.span_or(USUAL_LOAD);
    let run = fixture.read(&scripts, 200, span)?;
    let mut rows = Vec::new();
    if let Some(loaded) = memory(fixture.server.pid()) {
        let seconds = span.as_secs_f64();
        let name = format!("resident after {seconds} s of load, {connections} connections");
        rows.push(Row::single(name, "MiB", &[loaded.resident_mib]).with_goal(Goal::AtMost(64.0)));
        rows.push(Row::single("maximum", "MiB", &[loaded.peak_mib]));
    }
    rows.push(Row::single("answers under that load", "/s", &[run.rate]));
    Ok(rows)
}
