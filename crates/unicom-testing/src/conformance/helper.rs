//! Helpers shared by the suites: databases on both engines, a message received from a platform, a
//! pipeline that runs until something has happened, and a watch on futures that block.

use std::fmt::Debug;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use unicom_content::media::ObjectMediaStore;
use unicom_core::{
    Bots, CoreError, IncomingMessage, Pipeline, PipelineOptions, Platforms,
    admin::{Actor, Extensions, NewChannel, create_channel},
    inbound::{ChatInfo, PlatformEvent, Saved, Sender, receive},
};
use unicom_db::{Database, DbError, MIGRATIONS};
use unicom_models::{Channel, PlatformKind};

use crate::TestDatabase;

/// How long a suite waits for something that should happen immediately.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call may occupy its thread before it counts as blocking.
const LONGEST_POLL: Duration = Duration::from_secs(1);

/// Returns a database on each engine that is built in. Without PostgreSQL, prints `skipped: …`.
pub(super) fn databases() -> Vec<TestDatabase> {
    let mut all = Vec::new();
    #[cfg(feature = "sqlite")]
    all.push(TestDatabase::sqlite(&[&MIGRATIONS]));
    #[cfg(feature = "postgres")]
    all.extend(TestDatabase::postgres(&[&MIGRATIONS]));
    assert!(!all.is_empty(), "there is no database to test on");
    all
}

/// Runs a future of the implementation under test. Panics if it occupies its thread for long,
/// instead of waiting.
pub(super) async fn unblocked<T>(what: &str, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    poll_fn(|context| timed(what, || future.as_mut().poll(context))).await
}

/// Calls a function of the implementation under test. Panics if it takes long.
pub(super) fn timed<T>(what: &str, call: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = call();
    let took = began.elapsed();
    assert!(
        took < LONGEST_POLL,
        "{what} blocked its thread for {took:?}: await, or use a thread of your own"
    );
    result
}

/// Creates a channel of the platform.
pub(super) async fn new_channel(
    database: &Database,
    platforms: &Platforms,
    bots: &Bots,
    kind: &PlatformKind,
    config: &Value,
) -> Result<Channel, CoreError> {
    let extensions = Extensions::default()
        .with_platforms(platforms.clone())
        .with_bots(bots.clone());
    let new = NewChannel::new(kind.clone(), "Conformance").with_config(config.clone());
    database
        .write(move |tx| create_channel(tx, &Actor::COMMAND_LINE, &extensions, new))
        .await
}

/// Receives the message `id` as a platform would.
pub(super) async fn tell(database: &Database, channel: &Channel, id: &str) -> Saved {
    let sender = Sender::new("conformance", "Conformance");
    let chat = ChatInfo::new(channel.id, "conformance");
    let message = IncomingMessage {
        text: "Hello".to_owned(),
        provider_message_id: Some(id.to_owned()),
        ..IncomingMessage::default()
    };
    let (channel, event) = (
        channel.clone(),
        PlatformEvent::message(sender, chat, message),
    );
    let received = database.write(move |tx| receive(tx, &channel, event));
    let applied = ok("`receive`", received.await);
    (applied.clone().into_saved()).unwrap_or_else(|| panic!("`receive` returned {applied:?}"))
}

/// Runs a pipeline until `happened` is ready.
pub(super) async fn run_until(
    database: &Database,
    platforms: &Platforms,
    bots: &Bots,
    what: &str,
    happened: impl Future<Output = ()> + Send,
) {
    let options = PipelineOptions {
        backoff: Duration::from_millis(50),
        poll: Duration::from_millis(50),
        ..PipelineOptions::default()
    };
    let extensions = Extensions::default()
        .with_platforms(platforms.clone())
        .with_bots(bots.clone());
    let media = Arc::new(ObjectMediaStore::in_memory());
    let pipeline = Pipeline::new(database.clone(), media, extensions, options);
    let waited = tokio::time::timeout(TIMEOUT, happened);
    let mut in_time = false;
    pipeline.run(async { in_time = waited.await.is_ok() }).await;
    assert!(in_time, "waited in vain until {what}");
}

/// Waits before a condition is checked again.
pub(super) async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

pub(super) async fn read<T: Send + 'static>(
    database: &Database,
    f: impl FnOnce(&mut unicom_db::Db) -> Result<T, DbError> + Send + 'static,
) -> T {
    ok("reading", database.read(f).await)
}

pub(super) fn ok<T, E: Debug>(what: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{what} failed: {error:?}"))
}
