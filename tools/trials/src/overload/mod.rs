//! The overload trial: several times as many requests as the server can answer.
//!
//! The trial first measures the peak rate, with visitors who wait for each response. Then several
//! times as many requests are due, from more visitors than the server serves and lets wait. It
//! must refuse the excess and continue to answer at its usual rate. A visitor sends one request at
//! a time, so visitors who wait send fewer requests than are due. In both phases the load tool has
//! one core and the server has the others.

mod figures;
mod load;
pub mod machine;
mod noisy_neighbour;
mod open_load;
mod part;
mod visitor;

use std::ffi::OsStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use unicom_bench::process::{self, Meter};
use unicom_bench::scratch_db::ScratchDb;

use crate::ack_log::AckLog;
use crate::connection::Connection;
use crate::database::{Books, settle_within};
use crate::layout::Layout;
use crate::options::{OnDatabase, Options};
use crate::readback::read_back;
use crate::report::Report;
use crate::row::Row;
use crate::server::Setting;
use crate::verdict::Verdict;
use figures::Figures;
use load::Load;
use machine::Cores;
use open_load::{VisitorPool, arrive, insist};
use part::{Part, Recovery};
use visitor::{Visitor, Wish};

/// The ratio of due requests to the peak rate of answered requests.
const TIMES: f64 = 5.0;

/// How long the server lets requests wait for a free slot (`AdmissionOptions::patience`).
const WAIT: Duration = Duration::from_secs(1);

/// The ratio of waiting visitors to those that the server can answer within `WAIT`.
const WAITING: f64 = 2.0;

/// The maximum number of visitors that join at a time. The minimum is the number of requests that
/// the server works on at the same time.
const MORE: usize = 4_096;

/// The maximum number of visitors in total. A server accepts 20,000 connections by default, and
/// many systems allow that many open files. A server that answers more than 8,500 requests per
/// second is overloaded by less than `WAITING`.
const ALL: usize = 18_000;

/// How long the server may take until it answers every visitor again.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the server may take until it has processed all accepted requests.
const PATIENCE_FOR_BOTS: Duration = Duration::from_secs(900);

#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    on: OnDatabase,

    /// Seconds of overload; measuring the peak rate takes about as long
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=3600))]
    seconds: u16,

    /// Requests that the server works on at the same time
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u16).range(16..=1024))]
    at_once: u16,

    /// Minimum rate of acknowledged messages under overload, in percent of the peak rate
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    floor: u8,
}

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    machine::open_many_files()?;
    let cores = Cores::divide()?;
    cores.for_server()?;
    let folder = tempfile::tempdir()?;
    let scratch_db = ScratchDb::new(arguments.on.server()?.as_deref())?;
    let log = folder.path().join("log");
    let setting = Setting::new(options.server()?, &scratch_db, Layout::BESIDE, log)?;
    setting.create_channel()?;
    let overload = overload(&setting, &scratch_db, arguments, &cores);
    let overload = overload.with_context(|| setting.last_words())?;
    cores.for_server()?;
    let noisy =
        noisy_neighbour::run(&setting, &scratch_db).with_context(|| setting.last_words())?;
    let mut verdict = Verdict::default();
    verdict.add(&overload.ack_log, overload.found, Books::default());
    verdict.add(&noisy.ack_log, noisy.found, Books::read(&scratch_db)?);
    let mut rows = overload.rows;
    rows.extend(noisy.rows);
    rows.push(Row::some("messages acknowledged", verdict.acknowledged));
    let title = format!("Overload on {}", arguments.on.describe());
    Ok(Report::new(&title, None, rows, verdict))
}

fn overload(
    setting: &Setting,
    scratch_db: &ScratchDb,
    arguments: &Arguments,
    cores: &Cores,
) -> anyhow::Result<Part> {
    let at_once = arguments.at_once.to_string();
    let variables: [(&str, &OsStr); 1] = [("UNICOM_REQUESTS_AT_ONCE", at_once.as_ref())];
    let mut server = setting.start(&["serve"], &variables)?;
    server.wait_ready()?;
    cores.for_tool()?;
    let ack_log = Arc::new(AckLog::default());
    let (most, span) = (
        usize::from(arguments.at_once),
        Duration::from_secs(arguments.seconds.into()),
    );
    let mut visitors = arrive(setting.address, most + 1, "o", None, &ack_log)?;
    let witness = visitors.pop().context("no visitor arrived")?;
    let mut visitors = VisitorPool::new(visitors)?;

    let mut waiting = 0;
    loop {
        // The more visitors there are, the fewer requests the server answers.
        let peak = find_peak(&mut visitors, server.pid(), most, span / 2)?;
        let wanted = (WAITING * peak.answered_rate() * WAIT.as_secs_f64()) as usize;
        let wanted = wanted.min(ALL - most);
        if waiting >= wanted {
            break;
        }
        let more = (wanted - waiting).clamp(most, MORE);
        let name = format!("w{waiting}");
        visitors.join(arrive(setting.address, more, &name, None, &ack_log)?);
        waiting += more;
    }
    let peak = find_peak(&mut visitors, server.pid(), most, span)?;
    let rate = TIMES * peak.answered_rate();
    let (of_server, of_tool) = (Meter::start(server.pid()), Meter::start(std::process::id()));
    let (mut storm, (witness, recovery)) = visitors.storm(rate, span, recover(witness))?;
    storm.cpu = of_server.used();
    let of_tool = of_tool.used();
    let memory = process::memory(server.pid());
    visitors.make_up(PATIENCE)?;
    settle_within(scratch_db, PATIENCE_FOR_BOTS)?;

    let mut people = visitors.into_people();
    people.push(witness.client);
    let found = read_back(&Connection::afterwards(setting.address)?, &people)?;
    server.kill()?;
    let figures = Figures {
        visitors: most + waiting,
        peak,
        storm,
        recovery,
        of_tool,
        memory,
    };
    Ok(Part {
        rows: figures.rows(arguments.floor, cores),
        ack_log,
        found,
    })
}

/// Finds the load with the highest rate of acknowledged messages, by increasing the number of
/// visitors who send at the same time and wait for each response.
fn find_peak(
    visitors: &mut VisitorPool,
    server: u32,
    most: usize,
    span: Duration,
) -> anyhow::Result<Load> {
    // The first load is a warm-up that fills caches and prepares statements.
    visitors.press(most, span / 8)?;
    let mut peak: Option<Load> = None;
    for count in [most / 16, most / 4, most] {
        let meter = Meter::start(server);
        let mut load = visitors.press(count, span / 3)?;
        load.cpu = meter.used();
        log::warn!("{count} visitors: {:.0} sends a second", load.sent_rate());
        if peak
            .as_ref()
            .is_none_or(|peak| peak.sent_rate() < load.sent_rate())
        {
            peak = Some(load);
        }
    }
    peak.context("no load")
}

async fn recover(witness: Visitor) -> (Visitor, Recovery) {
    let begun = Instant::now();
    let (witness, ready) = insist(witness, Wish::Ready, PATIENCE).await;
    let (witness, sent) = insist(witness, Wish::Send, PATIENCE).await;
    let recovery = Recovery {
        ready,
        sent: sent.map(|_| begun.elapsed()),
    };
    (witness, recovery)
}
