//! The time from a request's commit to its bot's start, compared with the bare claim on the same
//! database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use unicom_content::media::ObjectMediaStore;
use unicom_core::{
    Bots, Pipeline, PipelineOptions, Platforms,
    admin::Extensions,
    bots::{BotContext, Outcome},
};
use unicom_db::{
    Database, DbError,
    queries::queue::{self, Claim},
    transaction,
};
use unicom_models::{Channel, MessageId, RequestStatus};
use unicom_webchat::{NewMessage, Saved, Visitor, WebChat, WebChatError, save_webchat_message};

use crate::interrupt;
use crate::options::Options;
use crate::report::{Report, Row};
use crate::scratch_db::{ScratchDb, channel, with_bot};
use crate::summary::Percentiles;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Messages per second
    #[arg(long, default_value_t = Self::default().rate)]
    rate: u32,
    /// Visitors who write in turn
    #[arg(long, default_value_t = Self::default().visitors)]
    visitors: u32,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            rate: 100,
            visitors: 100,
        }
    }
}

/// The time at which the bot started for each message.
type Begun = Arc<Mutex<HashMap<MessageId, Instant>>>;

/// The default duration of a run.
const USUAL_SPAN: Duration = Duration::from_secs(5);

pub fn run(options: &Options, arguments: &Arguments) -> anyhow::Result<Report> {
    let scratch_db = &ScratchDb::new(options.database_url.as_deref())?;
    scratch_db.migrate()?;
    let span = options.span_or(USUAL_SPAN);
    let database = scratch_db.connect()?;
    let begun = Begun::default();
    let bots = bots(&begun);
    let answered = channel(&database, &bots, with_bot("stopwatch"))?;
    let mut subject = Vec::new();
    let mut limit = Vec::new();
    for _ in 0..options.pairs {
        subject.push(to_the_bot(
            &database, &bots, &answered, &begun, span, arguments,
        )?);
        limit.push(bare_claims(scratch_db, &database, &answered, arguments)?);
    }
    let row = |name: &str, figure: fn(&Percentiles) -> f64| {
        let of = |all: &[Percentiles]| all.iter().map(figure).collect::<Vec<_>>();
        Row::paired(name, "µs", &of(&subject), &of(&limit))
    };
    Ok(Report {
        title: format!(
            "From a request's commit to its bot's start, {} a second, beside the claim's statements and commit alone: {}",
            arguments.rate,
            options.describe()
        ),
        rows: vec![
            row("median", |of| of.p50_us),
            row("99th percentile", |of| of.p99_us),
            row("longest", |of| of.max_us),
        ],
    })
}

fn bots(begun: &Begun) -> Bots {
    let begun = Arc::clone(begun);
    Bots::default().with("stopwatch", move |context: BotContext| {
        let now = Instant::now();
        let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.insert(context.message.id, now);
        async { Ok(Outcome::default()) }
    })
}

/// Writes at an even rate while a pipeline runs. Returns how long each request waited for its bot.
fn to_the_bot(
    database: &Database,
    bots: &Bots,
    channel: &Channel,
    begun: &Begun,
    span: Duration,
    arguments: &Arguments,
) -> anyhow::Result<Percentiles> {
    let extensions = Extensions::default()
        .with_platforms(Platforms::default().with(WebChat))
        .with_bots(bots.clone());
    let media = Arc::new(ObjectMediaStore::in_memory());
    let options = PipelineOptions::default();
    let pipeline = Pipeline::new(database.clone(), media, extensions, options);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let working = runtime.spawn(pipeline.run(async { drop(stopped.await) }));

    let committed = write_evenly(database, channel, span, arguments)?;
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_empty(database)? {
        anyhow::ensure!(
            Instant::now() < deadline,
            "the pipeline does not come to an end"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(stop);
    runtime.block_on(working)?;

    let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
    let waits = committed
        .into_iter()
        .map(|(id, at)| {
            let bot = begun
                .remove(&id)
                .context("a request has not seen its bot")?;
            // The bot may start before the writer learns of its commit.
            Ok(bot.saturating_duration_since(at))
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Percentiles::of(waits))
}

/// Claims one request after the other on a separate connection, with no other load.
///
/// Returns how long each claim took: its statements and its commit.
fn bare_claims(
    scratch_db: &ScratchDb,
    database: &Database,
    channel: &Channel,
    arguments: &Arguments,
) -> anyhow::Result<Percentiles> {
    let mut taken = Vec::new();
    for visitor in 0..arguments.visitors {
        write(database, channel, visitor)?;
    }
    let mut connection = scratch_db.connection()?;
    loop {
        let begun = Instant::now();
        let claimed = transaction(&mut connection, |tx| {
            match queue::claim(tx, 1, Duration::from_secs(60))?.pop() {
                Some(lease) => queue::begin_attempt(tx, lease),
                None => Ok::<_, DbError>(None),
            }
        })?;
        let took = begun.elapsed();
        let Some(Claim { mut request, lease }) = claimed.value else {
            return Ok(Percentiles::of(taken));
        };
        taken.push(took);
        transaction(&mut connection, |tx| {
            request.reach(RequestStatus::Completed, tx.now());
            queue::finish(tx, &request, Some(&lease))
        })?;
    }
}

fn write_evenly(
    database: &Database,
    channel: &Channel,
    span: Duration,
    arguments: &Arguments,
) -> anyhow::Result<Vec<(MessageId, Instant)>> {
    let pause = Duration::from_secs(1) / arguments.rate.max(1);
    let begun = Instant::now();
    let count = (f64::from(arguments.rate) * span.as_secs_f64()) as u32;
    let mut committed = Vec::new();
    for number in 0..count {
        interrupt::check()?;
        let due = begun + pause * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let id = write(database, channel, number % arguments.visitors.max(1))?;
        committed.push((id, Instant::now()));
    }
    Ok(committed)
}

fn write(database: &Database, channel: &Channel, visitor: u32) -> anyhow::Result<MessageId> {
    let channel = channel.clone();
    let saved: Result<Saved, WebChatError> = database
        .write(move |tx| {
            let visitor = Visitor::guest(visitor.to_string());
            save_webchat_message(
                tx,
                &channel,
                &visitor,
                NewMessage::text("Are you open today?"),
            )
        })
        .wait();
    Ok(saved?.message.id)
}

fn is_empty(database: &Database) -> Result<bool, DbError> {
    Ok(database.read(queue::next_due).wait()?.is_none())
}
