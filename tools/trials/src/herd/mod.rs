//! The herd: many idle WebSockets in one process, a message that wakes them, and a restart of the
//! server after which all of them connect again at the same time.

mod sockets;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use unicom_bench::http::{Client, Guest, MARKER, NewGuest};
use unicom_bench::scratch_db::ScratchDb;
use unicom_bench::{interrupt, process};

use crate::layout::Layout;
use crate::options::{OnDatabase, Options};
use crate::overload::machine::open_many_files;
use crate::report::Report;
use crate::row::{Goal, Row};
use crate::server::{Server, Setting};
use sockets::Sockets;

/// The number of sockets of each account.
const OF_AN_ACCOUNT: usize = 100;

/// The number of sends that are timed, with and without the sockets.
const SENDS: u32 = 200;

/// How long anything may take before the trial is given up.
const PATIENCE: Duration = Duration::from_secs(300);

/// The pause after which a server counts as idle.
const REST: Duration = Duration::from_secs(2);

/// The pause between two sends while the herd connects again.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    on: OnDatabase,

    /// WebSockets, a hundred of each account
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    sockets: u32,

    /// The longest time in seconds until all have connected again; rates on a shared machine say
    /// little [default: no limit]
    #[arg(long)]
    within: Option<u64>,
}

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    open_many_files()?;
    let folder = tempfile::tempdir()?;
    let scratch_db = ScratchDb::new(arguments.on.server()?.as_deref())?;
    let log = folder.path().join("log");
    let setting = Setting::new(options.server()?, &scratch_db, Layout::BESIDE, log)?;
    setting.manage(&["migrate"])?;
    let channel = [
        "channel",
        "create",
        "--platform",
        "WebChat",
        "--name",
        "Herd",
    ];
    setting.manage(&channel)?;
    let rows = herd(&setting, arguments).with_context(|| setting.last_words())?;
    Ok(Report {
        title: format!("A herd on {}", arguments.on.describe()),
        seed: None,
        rows,
        complaints: Vec::new(),
    })
}

fn herd(setting: &Setting, arguments: &Arguments) -> anyhow::Result<Vec<Row>> {
    let address = setting.address;
    let mut server = start(setting)?;
    let mut client = Client::connect(address)?;
    let accounts = arguments.sockets as usize / OF_AN_ACCOUNT;
    let mut guests = Vec::new();
    for _ in 0..=accounts {
        guests.push(NewGuest::meet(&mut client, address)?.begin(&mut client)?);
    }
    let writer = guests.pop().context("no guests")?;
    let alone = time_sends(&mut client, &writer)?;

    let before = resident_kib(&server);
    let sockets = Sockets::open(address, &guests, OF_AN_ACCOUNT)?;
    let count = sockets.count();
    wait(&sockets, "all are connected", || sockets.ready() == count)?;
    thread::sleep(REST);
    let kib = resident_kib(&server).saturating_sub(before);
    let beside = time_sends(&mut client, &writer)?;

    let one = wake(&sockets, &mut client, &guests[..1], 1)?;
    let all = wake(&sockets, &mut client, &guests, 2)?;

    // All are cut at the same time, and connect again at once.
    server.kill()?;
    wait(&sockets, "all are cut", || sockets.ready() == 0)?;
    sockets.forget_refusals();
    let begun = Instant::now();
    server = start(setting)?;
    let started = begun.elapsed();
    let mut client = Client::connect(address)?;
    let (mut sends, mut refused_sends, mut longest) = (0, 0, Duration::ZERO);
    while sockets.ready() < count {
        interrupt::check()?;
        anyhow::ensure!(begun.elapsed() < PATIENCE, "the herd does not come back");
        let sent = Instant::now();
        match client.ok(&writer.send()) {
            Ok(_) => {
                longest = longest.max(sent.elapsed());
                sends += 1;
            }
            Err(error) if error.to_string().starts_with("the server answered 503") => {
                refused_sends += 1;
                client = Client::connect(address)?;
            }
            Err(error) => return Err(error),
        }
        thread::sleep(PAUSE);
    }
    let again = begun.elapsed();
    let peak = process::memory(server.pid()).map_or(0, |memory| memory.peak_mib as u64);
    let ms = |span: Duration| span.as_millis() as u64;
    let within = Row::info("ms from the start until all are connected again", ms(again));
    Ok(vec![
        Row::some("WebSockets", count as u64),
        Row::some("accounts", accounts as u64),
        Row::info(
            "bytes of resident memory for each idle one",
            kib * 1024 / count as u64,
        ),
        Row::info("µs of a send without them, median", alone),
        Row::info("µs of a send beside them, median", beside),
        Row::info(
            "ms until a message is at the sockets of its account",
            ms(one),
        ),
        Row::info(
            "ms until a message of each account is at all sockets",
            ms(all),
        ),
        Row::info(
            "ms from the start of the server until it answers",
            ms(started),
        ),
        match arguments.within {
            Some(seconds) => within.with_goal(Goal::AtMost(seconds * 1000)),
            None => within,
        },
        Row::info(
            "refused meanwhile with 503 and Retry-After",
            sockets.refused(),
        ),
        Row::none("refused otherwise", sockets.refused_otherwise()),
        Row::some("sends acknowledged meanwhile", sends),
        Row::info("sends refused meanwhile with 503", refused_sends),
        Row::info("ms of the longest acknowledged send", ms(longest)),
        Row::info("maximum resident memory, MiB", peak),
    ])
}

fn start(setting: &Setting) -> anyhow::Result<Server> {
    let mut server = setting.start(&["serve"], &[("UNICOM_LIVE_AT_ONCE", "100000".as_ref())])?;
    server.wait_ready()?;
    Ok(server)
}

/// Sends one message to each of these guests' chats. Returns the time until the last of the guests'
/// sockets has received it.
fn wake(
    sockets: &Sockets,
    client: &mut Client,
    guests: &[Guest],
    number: u64,
) -> anyhow::Result<Duration> {
    sockets.await_message(number);
    let begun = Instant::now();
    for guest in guests {
        client.ok(&guest.say(&format!("{MARKER}{number}.")))?;
    }
    let wanted = guests.len() * OF_AN_ACCOUNT;
    wait(sockets, "a message is at all sockets", || {
        sockets.arrived() == wanted
    })?;
    Ok(begun.elapsed())
}

/// Returns the median of the microseconds of a send.
fn time_sends(client: &mut Client, writer: &Guest) -> anyhow::Result<u64> {
    let mut spans = Vec::new();
    for _ in 0..SENDS {
        let begun = Instant::now();
        client.ok(&writer.send())?;
        spans.push(begun.elapsed().as_micros() as u64);
    }
    spans.sort_unstable();
    Ok(spans[spans.len() / 2])
}

fn wait(sockets: &Sockets, what: &str, is_so: impl Fn() -> bool) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        interrupt::check()?;
        anyhow::ensure!(
            Instant::now() < deadline,
            "not: {what}; {} of {} are connected, and {} have the message",
            sockets.ready(),
            sockets.count(),
            sockets.arrived()
        );
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn resident_kib(server: &Server) -> u64 {
    process::memory(server.pid()).map_or(0, |memory| (memory.resident_mib * 1024.0) as u64)
}
