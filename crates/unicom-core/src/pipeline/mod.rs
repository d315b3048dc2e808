//! The request pipeline, which durably hands requests to bots and outgoing messages to platforms,
//! and polls providers.
//!
//! All pending work is in the database; events only say when to look for it. After a crash, the
//! next process continues.

mod ask;
mod bot_for;
mod categorize;
mod choose;
mod clock_jumps;
mod deliver;
mod delivery_outcome;
mod ended;
mod failure_notice;
mod files;
mod group;
mod identify;
mod keep_pace;
mod notices;
mod open_replies;
mod pace;
mod polling;
mod prepare;
mod process;
mod reply_stream;
mod retry;
mod signals;

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use unicom_db::{
    Database, DbError, Event,
    queries::{
        deliveries,
        leases::{self, LeaseKind},
        queue,
    },
};
use unicom_models::UtcTime;

use self::categorize::CompiledMatchers;
pub(crate) use self::ended::{EndedRequest, NotStored, store_one};
use self::group::EndedRequests;
use self::open_replies::OpenReplies;
use self::pace::Buckets;
use crate::admin::Extensions;
use crate::media::MediaStore;
use crate::platform::Stop;
use crate::{Bots, Platforms};

/// Maximum number of messages whose files are fetched at the same time. A file is in memory while
/// it is fetched.
const FETCHES: usize = 4;

/// Maximum number of signals that are being sent.
const SIGNALS: usize = 16;

/// The options of a [`Pipeline`].
#[derive(Debug, Clone)]
pub struct PipelineOptions {
    /// Maximum number of requests and deliveries processed concurrently. Requests processed
    /// concurrently belong to different chats. Defaults to 16.
    pub parallel: usize,
    /// The duration of a claim unless it is renewed. A request waits this long after a crash.
    ///
    /// Must be longer than the database may stall, or a request is claimed again while it is being
    /// processed. Defaults to 10 s.
    pub lease: Duration,
    /// Maximum time a bot may take before its attempt counts as failed. A bot that writes to its
    /// [`ReplySink`](crate::bots::ReplySink) may take this long for each piece. Defaults to 60 s.
    pub bot_timeout: Duration,
    /// Maximum time a bot may take for a reply that it writes in pieces. Defaults to 10 min.
    pub stream_timeout: Duration,
    /// Maximum time a platform may take to accept a message. Defaults to 30 s.
    pub delivery_timeout: Duration,
    /// Maximum time a platform may take to fetch a file. Defaults to 120 s.
    pub file_timeout: Duration,
    /// Number of attempts before a request fails, and of attempts without an outcome before a
    /// delivery is dead: those that end with the process. Defaults to 5.
    pub attempts: i32,
    /// How long a delivery may fail before it is dead. Defaults to 24 h.
    pub delivery_horizon: Duration,
    /// The wait before the second attempt. It doubles with each further attempt. Defaults to 1 s.
    pub backoff: Duration,
    /// How often to look for work without an event. This is the safety net and, on SQLite, the way
    /// to find the work of other processes. Defaults to 1 s.
    pub poll: Duration,
    /// How long bots and platforms may continue after the pipeline is told to stop.
    ///
    /// Those that take longer are interrupted and their work is requeued, so that any other process
    /// can retry it. Defaults to 25 s.
    pub drain: Duration,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        Self {
            parallel: 16,
            lease: Duration::from_secs(10),
            bot_timeout: Duration::from_secs(60),
            stream_timeout: Duration::from_secs(600),
            delivery_timeout: Duration::from_secs(30),
            file_timeout: Duration::from_secs(120),
            attempts: 5,
            delivery_horizon: Duration::from_secs(24 * 60 * 60),
            backoff: Duration::from_secs(1),
            poll: Duration::from_secs(1),
            drain: Duration::from_secs(25),
        }
    }
}

/// Hands requests to bots and outgoing messages to platforms, and polls the providers of channels,
/// until it is told to stop.
///
/// ```
/// use std::sync::Arc;
/// use unicom_content::media::ObjectMediaStore;
/// use unicom_core::{Bots, Pipeline, PipelineOptions, admin::Extensions, bots::Echo};
/// # use unicom_testing::TestDatabase;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
///
/// let extensions = Extensions::default().with_bots(Bots::default().with("echo", Echo));
/// let media = Arc::new(ObjectMediaStore::in_memory());
/// let pipeline = Pipeline::new(database, media, extensions, PipelineOptions::default());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// # runtime.block_on(async {
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let working = tokio::spawn(pipeline.run(async { drop(stopped.await) }));
/// // … and when the host shuts down:
/// drop(stop);
/// working.await.unwrap();
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Pipeline {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    database: Database,
    media: Arc<dyn MediaStore>,
    platforms: Platforms,
    bots: Bots,
    matchers: CompiledMatchers,
    options: PipelineOptions,
    /// Limits the number of messages whose files are being fetched.
    file_slots: Arc<Semaphore>,
    /// What was sent lately.
    buckets: Mutex<Buckets>,
    /// Limits the number of signals that are being sent.
    signal_slots: Arc<Semaphore>,
    /// The replies that bots are writing.
    replies: OpenReplies,
    /// The requests whose end is to be stored.
    ended: Arc<EndedRequests>,
    /// Set to `true` when bots and platforms are no longer waited for.
    interrupted: watch::Sender<bool>,
}

impl Pipeline {
    /// Creates a pipeline over `database` that uses the platforms, bots and matchers of
    /// `extensions`. It does nothing before [`Pipeline::run`].
    pub fn new(
        database: Database,
        media: Arc<dyn MediaStore>,
        extensions: Extensions,
        options: PipelineOptions,
    ) -> Self {
        let ended = EndedRequests::new(database.clone(), extensions.platforms.clone());
        let ended = Arc::new(ended);
        Self {
            shared: Arc::new(Shared {
                database,
                media,
                platforms: extensions.platforms,
                bots: extensions.bots,
                matchers: CompiledMatchers::new(extensions.matchers),
                options,
                buckets: Mutex::default(),
                signal_slots: Arc::new(Semaphore::new(SIGNALS)),
                file_slots: Arc::new(Semaphore::new(FETCHES)),
                replies: OpenReplies::default(),
                ended,
                interrupted: watch::Sender::new(false),
            }),
        }
    }

    /// Works until `stop` completes, then finishes the work in progress.
    ///
    /// Work that takes longer than [`PipelineOptions::drain`] is requeued. Requires a tokio runtime
    /// with time enabled.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stop_polling, stopped) = Stop::new();
        let stop = async {
            stop.await;
            drop(stop_polling);
        };
        // Replies can be stopped until the last one is finished.
        let work = async {
            tokio::select! {
                () = self.work(stop) => {}
                never = self.shared.hear_stops() => match never {},
            }
        };
        tokio::join!(
            work,
            self.shared.poll_providers(&stopped),
            self.shared.confirm_clicks(&stopped),
            self.shared.watch_clock(&stopped),
        );
    }

    async fn work(&self, stop: impl Future<Output = ()>) {
        let shared = &self.shared;
        let mut events = shared.database.subscribe();
        shared.database.listen_to_peers();
        let mut stop = pin!(stop);
        let mut running = JoinSet::new();
        loop {
            while let Some(ended) = running.try_join_next() {
                log_panic(ended);
            }
            let look_again = shared
                .start_due(&mut running)
                .await
                .unwrap_or_else(|error| {
                    log::warn!("the pipeline cannot look for work: {error}");
                    false
                });
            // Checked even if there is always more to do.
            if stop.as_mut().now_or_never().is_some() {
                break;
            }
            let has_room = running.len() < shared.options.parallel;
            if look_again && has_room {
                continue;
            }
            let sleep_until_due = if has_room {
                shared.sleep_until_due().await
            } else {
                shared.options.poll
            };
            tokio::select! {
                () = &mut stop => break,
                () = work_signal(&mut events) => {}
                Some(ended) = running.join_next() => log_panic(ended),
                () = tokio::time::sleep(sleep_until_due) => {}
            }
        }
        if tokio::time::timeout(shared.options.drain, end(&mut running))
            .await
            .is_err()
        {
            shared.interrupted.send_replace(true);
            end(&mut running).await;
            // A clone may run again.
            shared.interrupted.send_replace(false);
        }
    }
}

/// Waits until all tasks have ended.
async fn end(running: &mut JoinSet<()>) {
    while let Some(ended) = running.join_next().await {
        log_panic(ended);
    }
}

/// Logs the panic of a task.
///
/// Panics of bots and platforms are caught where they are called. After a panic of the pipeline
/// itself, the lease expires.
fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        log::error!("a pipeline task panicked: {error}");
    }
}

impl Shared {
    /// Returns the output of `work`. Returns `None` if the pipeline is interrupted first.
    async fn uninterrupted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut interrupted = self.interrupted.subscribe();
        tokio::select! {
            done = work => Some(done),
            // The sender is a field of `self`, so it is not dropped.
            _ = interrupted.wait_for(|is_so| *is_so) => None,
        }
    }

    /// Claims due work, up to the limit of concurrent work, and starts it. Returns `true` if there
    /// may be more.
    async fn start_due(self: &Arc<Self>, running: &mut JoinSet<()>) -> Result<bool, DbError> {
        let room = |running: &JoinSet<()>| self.options.parallel.saturating_sub(running.len());
        let mut more = false;
        if room(running) > 0 {
            let claims = self.claim_requests(room(running)).await?;
            more |= claims.may_be_more;
            for next in claims.next {
                running.spawn(Arc::clone(self).process(next));
            }
        }
        if room(running) > 0 {
            let limit = i64::try_from(room(running)).unwrap_or(i64::MAX);
            let (deliveries, may_be_more) = self.claim_deliveries(limit).await?;
            more |= may_be_more;
            for delivery in deliveries {
                running.spawn(Arc::clone(self).deliver(delivery));
            }
        }
        let mut slots = self.free_file_slots(room(running));
        for lease in self.claim_files(slots.len()).await? {
            more = true;
            running.spawn(Arc::clone(self).fetch_files(lease, slots.pop()));
        }
        Ok(more)
    }

    /// Returns how long to sleep without an event: until the next work is due, at most `poll`.
    async fn sleep_until_due(&self) -> Duration {
        let has_files = self.platforms.are_remote();
        let next: Result<Option<UtcTime>, DbError> = self
            .database
            .read(move |db| {
                let files = match has_files {
                    true => leases::next_due(db, LeaseKind::Files)?,
                    false => None,
                };
                Ok(queue::next_due(db)?
                    .into_iter()
                    .chain(deliveries::next_due(db)?)
                    .chain(files)
                    .min())
            })
            .await;
        let now = self.database.now();
        match next {
            // Work that is due now but was not claimed is being claimed by another process or waits
            // for room. The end of other work wakes the loop.
            Ok(Some(next)) if next > now => next.since(now).min(self.options.poll),
            _ => self.options.poll,
        }
    }
}

/// Waits until there may be work.
async fn work_signal(events: &mut Receiver<Event>) {
    loop {
        match events.recv().await {
            Ok(Event::RequestReady { .. } | Event::DeliveryReady { .. } | Event::RemoteWork)
            | Err(RecvError::Lagged(_)) => break,
            Ok(_) => {}
            // The database is closed. The next poll will report it.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    // One look is enough for several events.
    while events.try_recv().is_ok() {}
}
