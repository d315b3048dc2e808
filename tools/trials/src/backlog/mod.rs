//! The backlog trial: a server starts with many pending requests.
//!
//! Most of them are spread over many chats, the others are in a single chat. A new visitor sends a
//! message immediately after the start.

mod fill;
mod queue;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use unicom_bench::scratch_db::ScratchDb;
use unicom_bench::{interrupt, process};

use crate::ack_log::AckLog;
use crate::client::{Client, Draft};
use crate::connection::Connection;
use crate::layout::Layout;
use crate::options::{OnDatabase, Options};
use crate::report::Report;
use crate::row::{Goal, Row};
use crate::server::Setting;
use queue::Queue;

/// The maximum time until the server is ready, and until it acknowledges a message, in
/// milliseconds. It is generous enough for any machine.
const AT_ONCE_MS: u64 = 5000;

/// How long the backlog may stay unchanged before the trial stops waiting.
const PATIENCE: Duration = Duration::from_secs(120);

/// The pause between two checks whether the new visitor has an answer.
const PAUSE: Duration = Duration::from_millis(20);

/// The interval between two counts of the backlog, as a fraction of the time so far: the longer the
/// backlog, the more a count costs.
const PART: u32 = 50;

#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    on: OnDatabase,

    /// Pending requests, a fifth of them in one chat
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    requests: u32,
}

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let folder = tempfile::tempdir()?;
    let scratch_db = ScratchDb::new(arguments.on.server()?.as_deref())?;
    let log = folder.path().join("log");
    let setting = Setting::new(options.server()?, &scratch_db, Layout::BESIDE, log)?;
    setting.create_channel()?;
    let waiting = fill::fill(&scratch_db, arguments.requests as usize)?;
    let rows = work_off(&setting, &scratch_db, &waiting).with_context(|| setting.last_words())?;
    Ok(Report {
        title: format!("A backlog on {}", arguments.on.describe()),
        seed: None,
        rows,
        complaints: Vec::new(),
    })
}

/// The times of events since the start of the process.
#[derive(Debug, Default)]
struct Times {
    ready: Duration,
    acknowledged: Duration,
    /// When the new visitor received an answer.
    answered: Option<Duration>,
    /// When only the busy chat had pending requests left.
    others_done: Option<Duration>,
    done: Duration,
    /// The number of pending requests in the busy chat at that time.
    left_in_the_one: u64,
}

fn work_off(
    setting: &Setting,
    scratch_db: &ScratchDb,
    waiting: &fill::Waiting,
) -> anyhow::Result<Vec<Row>> {
    let mut times = Times::default();
    let begun = Instant::now();
    let mut server = setting.start(&["serve"], &[])?;
    server.wait_at_work()?;
    times.ready = begun.elapsed();
    let connection = Connection::afterwards(setting.address)?;
    let mut client = Client::arrive(&connection)?;
    let draft = Draft {
        client_id: "new".to_owned(),
        text: "Is anyone there?".to_owned(),
        file: None,
    };
    let is_acknowledged = client.write(&connection, &AckLog::default(), 0, draft)?;
    anyhow::ensure!(is_acknowledged, "the first message was refused");
    times.acknowledged = begun.elapsed();

    let mut queue = Queue::open(scratch_db, &waiting.busy_chat)?;
    let (mut moved, mut known) = (Instant::now(), None);
    let mut look_at = Duration::ZERO;
    while known != Some(0) && moved.elapsed() < PATIENCE {
        interrupt::check()?;
        thread::sleep(PAUSE);
        if times.answered.is_none() && has_answer(&connection, &client)? {
            times.answered = Some(begun.elapsed());
        }
        if begun.elapsed() < look_at {
            continue;
        }
        let left = queue.left()?;
        times.done = begun.elapsed();
        look_at = times.done + times.done / PART;
        if times.others_done.is_none() && left.others == 0 {
            times.others_done = Some(times.done);
            times.left_in_the_one = left.busy;
        }
        if known != Some(left.all()) {
            (moved, known) = (Instant::now(), Some(left.all()));
        }
    }
    if times.answered.is_none() && has_answer(&connection, &client)? {
        times.answered = Some(begun.elapsed());
    }
    let memory = process::memory(server.pid());
    server.kill()?;
    let mut rows = times.rows(waiting);
    rows.extend(memory.map(|memory| {
        Row::info(
            "the server's maximum resident memory, in MiB",
            memory.peak_mib as u64,
        )
    }));
    rows.extend(queue.books()?);
    Ok(rows)
}

fn has_answer(connection: &Connection, client: &Client) -> anyhow::Result<bool> {
    let response = connection.ask(|http| client.get(http, "/unicom/webchat/messages/"))?;
    let body = response.json();
    let messages = body["messages"].as_array();
    Ok(messages.is_some_and(|messages| {
        messages
            .iter()
            .any(|message| message["is_outgoing"] == true)
    }))
}

impl Times {
    fn rows(&self, waiting: &fill::Waiting) -> Vec<Row> {
        let ms = |time: Duration| time.as_millis() as u64;
        let at_once = Goal::AtMost(AT_ONCE_MS);
        let rate = |count: u64, time: Duration| (count as f64 / time.as_secs_f64()).round() as u64;
        let mut rows = vec![
            Row::some("requests that wait", waiting.all()),
            Row::info("of these, in one chat", waiting.in_busy_chat),
            Row::info(
                "ms from the start until `/readyz` answers 200",
                ms(self.ready),
            )
            .with_goal(at_once),
            Row::info(
                "ms from the start until a new guest's message is acknowledged",
                ms(self.acknowledged),
            )
            .with_goal(at_once),
            Row::none(
                "without an answer to that message",
                u64::from(self.answered.is_none()),
            ),
        ];
        rows.extend(
            self.answered
                .map(|at| Row::info("ms from the start until it is answered by the bot", ms(at))),
        );
        rows.push(Row::info(
            "ms from the start until nothing waits",
            ms(self.done),
        ));
        rows.push(Row::info(
            "worked off a second, all in all",
            rate(waiting.all(), self.done),
        ));
        if let Some(alone) = self.others_done {
            let done = waiting.all() - self.left_in_the_one;
            rows.push(Row::info(
                "worked off a second, of many chats",
                rate(done, alone),
            ));
            let rest = self.done.saturating_sub(alone);
            rows.push(Row::info(
                "worked off a second, of one chat that is left",
                rate(self.left_in_the_one, rest),
            ));
        }
        rows
    }
}
