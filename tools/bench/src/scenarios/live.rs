//! Live connections: the memory of an idle one, and the time until a message is at every listener,
//! compared with a server that writes the same bytes to every connection.

use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::bare::broadcast::{Broadcast, WELCOME};
use crate::fixture::{Fixture, NO_BOT};
use crate::http::{Client, Guest, Listeners, MARKER};
use crate::interrupt;
use crate::options::Options;
use crate::process::memory;
use crate::report::{Goal, Report, Row};
use crate::summary::Percentiles;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Listeners of one message, all in one chat
    #[arg(long, default_value_t = Self::default().listeners)]
    listeners: usize,
    /// Messages per second under load
    #[arg(long, default_value_t = Self::default().rate)]
    rate: u32,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            listeners: 1000,
            rate: 1000,
        }
    }
}

/// The number of listeners of each message that is sent at an even rate.
const FEW: usize = 10;

/// Messages per second when the server is otherwise idle.
const QUIET_RATE: u32 = 20;

/// The length of a message on its way to a client, in bytes.
const FRAME: usize = 700;

/// The pause after which a server counts as idle.
const REST: Duration = Duration::from_secs(2);

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let span = options.span();
    let mut rows = Vec::new();
    let mut sizes = Vec::new();
    let (mut subject, mut limit) = (Vec::new(), Vec::new());
    let (mut quiet, mut loaded) = (Latencies::default(), Latencies::default());
    for _ in 0..options.pairs {
        let fixture = Fixture::open(options, NO_BOT, 1)?;
        let before = memory(fixture.server.pid());
        let mut listeners = listen(&fixture, arguments.listeners)?;
        thread::sleep(REST);
        if let (Some(before), Some(now)) = (before, memory(fixture.server.pid())) {
            let kib = (now.resident_mib - before.resident_mib) * 1024.0;
            sizes.push(kib / arguments.listeners as f64);
        }
        let mut writer = fixture.client()?;
        subject.push(fan_out(&mut listeners, |number| {
            say(&mut writer, &fixture.guests[0], number)
        })?);
        drop(listeners);
        limit.push(bare_fan_out(arguments.listeners)?);

        let fixture = Fixture::open(options, NO_BOT, 64)?;
        quiet.measure(&fixture, QUIET_RATE, span)?;
        loaded.measure(&fixture, arguments.rate, span)?;
    }
    if !sizes.is_empty() {
        let row = Row::single("resident for each idle connection", "KiB", &sizes);
        rows.push(row.with_goal(Goal::AtMost(10.0)));
    }
    let name = format!("until a message is at {} listeners", arguments.listeners);
    rows.push(Row::paired(name, "ms", &subject, &limit));
    rows.extend(quiet.rows("quiet", 5.0));
    let name = format!("{} messages a second", arguments.rate);
    rows.extend(loaded.rows(&name, 50.0));
    Ok(Report {
        title: format!("Live connections (WebSocket): {}", options.describe()),
        rows,
    })
}

/// Opens connections of the first guest, all of which follow the guest's chat.
pub fn listen(fixture: &Fixture, count: usize) -> anyhow::Result<Listeners> {
    let guest = &fixture.guests[0];
    Listeners::open(
        fixture.server.address(),
        count,
        &guest.follow(),
        "\"changes\"",
    )
}

pub fn say(client: &mut Client, guest: &Guest, number: u64) -> anyhow::Result<Instant> {
    client.ok(&guest.say(&format!("{MARKER}{number}.")))?;
    Ok(Instant::now())
}

/// Sends messages one after the other. Returns the median of the milliseconds from the response to
/// a send until its message was at the last listener.
pub fn fan_out(
    listeners: &mut Listeners,
    mut send: impl FnMut(u64) -> anyhow::Result<Instant>,
) -> anyhow::Result<f64> {
    let mut spans = Vec::new();
    for number in 1..=5 {
        interrupt::check()?;
        let sent = send(number)?;
        let arrivals = listeners.wait(number)?;
        let last = arrivals.iter().map(|arrival| arrival.at).max();
        spans.push(last.map_or(Duration::ZERO, |last| last.saturating_duration_since(sent)));
    }
    Ok(Percentiles::of(spans).p50_us / 1e3)
}

fn bare_fan_out(count: usize) -> anyhow::Result<f64> {
    let broadcast = Broadcast::start()?;
    let mut listeners = Listeners::open(broadcast.address(), count, b"hello", WELCOME)?;
    fan_out(&mut listeners, |number| {
        let message = format!("{:width$}{MARKER}{number}.", "", width = FRAME);
        let sent = Instant::now();
        broadcast.send(message.into_bytes());
        Ok(sent)
    })
}

/// The times from the response to a send until the message was at a listener.
#[derive(Default)]
struct Latencies {
    p50_ms: Vec<f64>,
    p99_ms: Vec<f64>,
    rate: Vec<f64>,
}

impl Latencies {
    /// Sends at an even rate to chats of which the first has listeners.
    fn measure(&mut self, fixture: &Fixture, rate: u32, span: Duration) -> anyhow::Result<()> {
        let mut listeners = listen(fixture, FEW)?;
        let count = (f64::from(rate) * span.as_secs_f64()) as u64;
        let begun = Instant::now();
        let pause = Duration::from_secs(1) / rate;
        // Several connections, since each send waits for its commit.
        let writers = 16.min(fixture.guests.len());
        let sent = thread::scope(|scope| {
            let writing = (0..writers).map(|writer| {
                scope.spawn(move || -> anyhow::Result<Vec<(u64, Instant)>> {
                    let mut client = fixture.client()?;
                    let mut sent = Vec::new();
                    for number in (writer as u64 + 1..=count).step_by(writers) {
                        interrupt::check()?;
                        let due = begun + pause * number as u32;
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                        // One writer of sixteen writes to the chat with the listeners.
                        let is_followed = writer == 0;
                        let guest = if is_followed {
                            0
                        } else {
                            1 + number as usize % (fixture.guests.len() - 1)
                        };
                        let at = say(&mut client, &fixture.guests[guest], number)?;
                        if is_followed {
                            sent.push((number, at));
                        }
                    }
                    Ok(sent)
                })
            });
            let writing: Vec<_> = writing.collect();
            let mut sent = Vec::new();
            for writer in writing {
                let of_one = writer
                    .join()
                    .map_err(|_| anyhow::anyhow!("a writer panicked"))?;
                sent.extend(of_one?);
            }
            anyhow::Ok(sent)
        })?;
        self.rate.push(count as f64 / begun.elapsed().as_secs_f64());
        let Some((last, _)) = sent.last() else {
            anyhow::bail!("no message was sent to the listeners");
        };
        let arrivals = listeners.wait(*last)?;
        let spans = arrivals.iter().filter_map(|arrival| {
            let (_, at) = sent.iter().find(|(number, _)| *number == arrival.number)?;
            Some(arrival.at.saturating_duration_since(*at))
        });
        let spans = Percentiles::of(spans.collect());
        self.p50_ms.push(spans.p50_us / 1e3);
        self.p99_ms.push(spans.p99_us / 1e3);
        Ok(())
    }

    fn rows(&self, name: &str, goal_ms: f64) -> Vec<Row> {
        let row = |which: &str, figures: &[f64]| {
            Row::single(
                format!("from the response to the listener, {name}: {which}"),
                "ms",
                figures,
            )
        };
        vec![
            Row::single(format!("sent, {name}"), "/s", &self.rate),
            row("median", &self.p50_ms),
            row("99th percentile", &self.p99_ms).with_goal(Goal::AtMost(goal_ms)),
        ]
    }
}
