//! The trial of a backlog: a server starts with many requests that wait, most of them spread over many chats, the others
//! in a single one. Somebody new writes at once.

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

/// How long the server may take to answer, and to acknowledge a message, in milliseconds: "at once", on any machine.
const AT_ONCE_MS: u64 = 5000;

/// How long nothing may happen to the backlog.
const PATIENCE: Duration = Duration::from_secs(120);

/// Between two looks whether somebody new is answered.
const PAUSE: Duration = Duration::from_millis(20);

/// Between two looks at the backlog, in parts of the time so far: they cost more the longer it is.
const PART: u32 = 50;

#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    on: OnDatabase,

    /// Requests that wait, a fifth of them in one chat
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

/// When what happened, from the start of the process on.
#[derive(Debug, Default)]
struct Times {
    ready: Duration,
    acknowledged: Duration,
    /// Somebody new has their answer.
    answered: Option<Duration>,
    /// Nothing waits any more but in the one chat.
    others_done: Option<Duration>,
    done: Duration,
    /// What waited in the one chat when it was alone.
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
    let mut connection = Connection::afterwards(setting.address);
    let mut client = Client::arrive(&mut connection)?;
    let draft = Draft {
        client_id: "new".to_owned(),
        text: "Is anybody there?".to_owned(),
        file: None,
    };
    let is_acknowledged = client.write(&mut connection, &AckLog::default(), 0, draft)?;
    anyhow::ensure!(is_acknowledged, "the first message was refused");
    times.acknowledged = begun.elapsed();

    let mut queue = Queue::open(scratch_db, &waiting.busy_chat)?;
    let (mut moved, mut known) = (Instant::now(), None);
    let mut look_at = Duration::ZERO;
    while known != Some(0) && moved.elapsed() < PATIENCE {
        interrupt::check()?;
        thread::sleep(PAUSE);
        if times.answered.is_none() && has_answer(&mut connection, &client)? {
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
    if times.answered.is_none() && has_answer(&mut connection, &client)? {
        times.answered = Some(begun.elapsed());
    }
    let memory = process::memory(server.pid());
    server.kill()?;
    let mut rows = times.rows(waiting);
    rows.extend(memory.map(|memory| {
        Row::told(
            "the server's resident memory at the most, in MiB",
            memory.peak_mib as u64,
        )
    }));
    rows.extend(queue.books()?);
    Ok(rows)
}

fn has_answer(connection: &mut Connection, client: &Client) -> anyhow::Result<bool> {
    let said = connection.ask(&client.get(connection.address(), "/unicom/webchat/messages/"))?;
    let body = said.json();
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
            Row::told("of these, in one chat", waiting.in_busy_chat),
            Row::told(
                "ms from the start until `/readyz` answers 200",
                ms(self.ready),
            )
            .with_goal(at_once),
            Row::told(
                "ms from the start until somebody new has their message acknowledged",
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
                .map(|at| Row::told("ms from the start until it is answered by the bot", ms(at))),
        );
        rows.push(Row::told(
            "ms from the start until nothing waits",
            ms(self.done),
        ));
        rows.push(Row::told(
            "worked off a second, all in all",
            rate(waiting.all(), self.done),
        ));
        if let Some(alone) = self.others_done {
            let done = waiting.all() - self.left_in_the_one;
            rows.push(Row::told(
                "worked off a second, of many chats",
                rate(done, alone),
            ));
            let rest = self.done.saturating_sub(alone);
            rows.push(Row::told(
                "worked off a second, of one chat that is left",
                rate(self.left_in_the_one, rest),
            ));
        }
        rows
    }
}
