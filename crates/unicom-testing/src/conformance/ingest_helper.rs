//! Helpers shared by the suites: a message ingested from a platform, and a pipeline that runs until
//! a condition holds.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use unicom_content::media::ObjectMediaStore;
use unicom_core::{
    Bots, CoreError, IncomingMessage, Pipeline, PipelineOptions, Platforms,
    admin::{Actor, Extensions, NewChannel, create_channel},
    inbound::{IngestedAccount, IngestedChat, IngestedMessage, Saved, ingest},
};
use unicom_db::{Database, DbError};
use unicom_models::{Channel, ChatId, PlatformKind};

/// How long a suite waits for something that should happen immediately.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Returns the id of the chat of the message that [`tell`] ingests.
pub(super) fn chat_id(kind: &PlatformKind) -> ChatId {
    format!("{kind}_conformance_chat").into()
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

/// Ingests the message `id` as a platform would.
pub(super) async fn tell(database: &Database, channel: &Channel, id: &str) -> Saved {
    let (channel, id) = (channel.clone(), id.to_owned());
    let told = database.write(move |tx| ingest(tx, &channel, message(&channel.platform, &id)));
    ok("`ingest`", told.await).unwrap_or_else(|| panic!("`ingest` took the account for blocked"))
}

fn message(kind: &PlatformKind, id: &str) -> IngestedMessage {
    let account = IngestedAccount::new(format!("{kind}_conformance_account"), "Conformance");
    let message = IncomingMessage {
        text: "Hello".to_owned(),
        client_message_id: Some(id.to_owned()),
        provider_message_id: Some(id.to_owned()),
        ..IncomingMessage::default()
    };
    IngestedMessage::new(account, IngestedChat::new(chat_id(kind)), message)
}

/// Runs a pipeline until `happened` returns `true`.
pub(super) async fn run_until(
    database: &Database,
    platforms: &Platforms,
    bots: &Bots,
    what: &str,
    happened: impl AsyncFn() -> bool,
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
    let waited = tokio::time::timeout(TIMEOUT, async {
        while !happened().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let mut in_time = false;
    pipeline.run(async { in_time = waited.await.is_ok() }).await;
    assert!(in_time, "waited in vain until {what}");
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
