//! The trial of live connections: readers follow chats by WebSocket, by Server-Sent Events and by
//! requests that wait, while visitors write. Their connections are cut at random moments and
//! servers are killed. In the end each reader must have what is stored.

mod cut_stream;
mod fleet;
mod follow;
mod mirror;
mod plain_http;
mod reader;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use fastrand::Rng;
use tokio::sync::watch;
use unicom_bench::interrupt;
use unicom_bench::scratch_db::ScratchDb;

use crate::ack_log::AckLog;
use crate::connection::Connection;
use crate::database::settle;
use crate::options::{OnDatabase, Options};
use crate::report::Report;
use crate::row::Row;
use fleet::Fleet;
use mirror::without_status;
use reader::{Counts, Reader, Stage};
use writer::{Writer, Writers};

/// The maximum number of cuts on one database, which limits how long the chats become.
const CUTS_ON_A_DATABASE: u64 = 2000;

/// The number of readers of each chat.
const READERS: usize = 3;

/// How long a reader may take to get the last changes: less than the time after which a server
/// reads again what it may have missed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The results over all databases.
#[derive(Debug, Default)]
struct Outcome {
    cuts: u64,
    kills: u64,
    counts: Counts,
    written: u64,
    logins: u64,
    edited: u64,
    deleted: u64,
    readers: u64,
    different: u64,
    untrue: u64,
    examples: Vec<String>,
}

pub fn run(options: &Options, on: &OnDatabase) -> anyhow::Result<Report> {
    let server = on.server()?;
    let seed = options.seed();
    let mut rng = Rng::with_seed(seed);
    let mut outcome = Outcome::default();
    let goal = u64::from(options.rounds);
    while outcome.cuts < goal {
        let cuts = (goal - outcome.cuts).min(CUTS_ON_A_DATABASE);
        on_a_database(options, server.as_deref(), cuts, &mut rng, &mut outcome).with_context(
            || {
                format!(
                    "the trial stopped after {} cuts; its seed is {seed}",
                    outcome.cuts
                )
            },
        )?;
        log::warn!("{} cuts, {} messages", outcome.cuts, outcome.written);
    }
    Ok(outcome.report(&format!("Cut connections on {}", on.describe()), seed))
}

fn on_a_database(
    options: &Options,
    server: Option<&str>,
    cuts: u64,
    rng: &mut Rng,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let scratch_db = ScratchDb::new(server)?;
    // An SQLite database has one server.
    let processes = if server.is_some() { 2 } else { 1 };
    let mut fleet = Fleet::start(options.server()?, &scratch_db, processes)?;
    let ack_log = Arc::new(AckLog::default());
    let name = format!("c{}", outcome.cuts);
    let writers = (0..options.visitors.min(4)).map(|number| {
        let address = fleet.addresses()[number as usize % processes];
        Writer::begin(address, &ack_log, &format!("{name}-{number}"), rng.fork())
    });
    let writers: Vec<Writer> = writers.collect::<anyhow::Result<_>>()?;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let counts = Arc::new(Counts::default());
    let (stage, stages) = watch::channel(Stage::Cutting);
    let mut readers = Vec::new();
    for writer in &writers {
        for chat_id in writer.chats() {
            for _ in 0..READERS {
                let cookies = writer.client.cookie_header();
                let reader = Reader::new(chat_id, cookies, fleet.addresses(), rng.fork());
                let task = reader.read(counts.clone(), stages.clone());
                readers.push((chat_id.to_owned(), runtime.spawn(task)));
            }
        }
    }
    let writers = Writers::start(writers);

    let fair = (|| {
        while counts.cuts() < cuts {
            interrupt::check()?;
            writers.check()?;
            anyhow::ensure!(
                !readers.iter().any(|(_, task)| task.is_finished()),
                "a reader has stopped"
            );
            thread::sleep(Duration::from_millis(rng.u64(200..1200)));
            fleet.kill_one(rng)?;
            outcome.kills += 1;
        }
        anyhow::Ok(())
    })();
    fair.with_context(|| fleet.last_words())?;
    // Connections that are no longer cut must get what is still written, without a new connection.
    stage.send_replace(Stage::Following);
    let deadline = Instant::now() + PATIENCE;
    while counts.following.load(Ordering::Relaxed) < readers.len() as u64 {
        anyhow::ensure!(Instant::now() < deadline, "readers do not connect again");
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(300));
    let writers = writers.stop().with_context(|| fleet.last_words())?;
    settle(&scratch_db)?;

    let afterwards = Connection::afterwards(fleet.addresses()[0])?;
    let mut stored = std::collections::HashMap::new();
    for writer in &writers {
        for (place, chat_id) in writer.chats().enumerate() {
            let messages = crate::readback::messages(&afterwards, &writer.client, Some(chat_id))?;
            let untrue = writer.compare(place, &messages);
            outcome.untrue += untrue.len() as u64;
            outcome.examples.extend(untrue);
            let messages: Vec<_> = messages.into_iter().map(without_status).collect();
            stored.insert(chat_id.to_owned(), messages);
        }
        outcome.written += writer.written();
        outcome.logins += writer.logins;
        outcome.edited += writer.edited;
        outcome.deleted += writer.deleted;
    }
    let stored = Arc::new(stored);
    stage.send_replace(Stage::Ending(stored.clone(), Instant::now() + PATIENCE));
    for (chat_id, task) in readers {
        let mirror = runtime.block_on(task).context("a reader panicked")??;
        outcome.readers += 1;
        let problems = mirror.compare(&stored[&chat_id]);
        if let Some(first) = problems.first() {
            outcome.different += 1;
            outcome
                .examples
                .push(format!("{chat_id} by {}: {first}", mirror.transport));
        }
    }
    outcome.examples.extend(ack_log.complaints());
    outcome.cuts += counts.cuts();
    outcome.counts.add(&counts);
    Ok(())
}

impl Outcome {
    fn report(self, title: &str, seed: u64) -> Report {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counts = &self.counts;
        let rows = vec![
            Row::some("connections cut by readers", self.cuts),
            Row::some("of these, WebSockets", count(&counts.sockets)),
            Row::some("of these, streams of events", count(&counts.streams)),
            Row::some("of these, requests that waited", count(&counts.long_polls)),
            Row::some(
                "of these, after a random number of bytes",
                count(&counts.after_bytes),
            ),
            Row::some(
                "of these, after half a frame or half a request of the client",
                count(&counts.half_sent),
            ),
            Row::some("servers killed", self.kills),
            Row::some(
                "connections that ended with a server",
                count(&counts.broken),
            ),
            Row::some("messages written", self.written),
            Row::some("of these, edited", self.edited),
            Row::some("of these, deleted", self.deleted),
            Row::info(
                "logins that merged a guest's chat into a chat with readers",
                self.logins,
            ),
            Row::some("responses and frames with changes", count(&counts.changes)),
            Row::info("chats read again after a reset", count(&counts.resets)),
            Row::info(
                "connections refused with 503 or 429",
                count(&counts.refused),
            ),
            Row::some("readers compared with the database", self.readers),
            Row::none(
                "readers with another list than the database",
                self.different,
            ),
            Row::none(
                "acknowledged messages, edits and deletions that are not stored",
                self.untrue,
            ),
            Row::none("unexpected responses", count(&counts.unexpected)),
        ];
        let mut complaints = self.examples;
        complaints.extend(counts.complaints());
        complaints.truncate(20);
        Report {
            title: title.to_owned(),
            seed: Some(seed),
            rows,
            complaints,
        }
    }
}
