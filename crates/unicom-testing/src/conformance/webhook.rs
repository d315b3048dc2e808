//! The conformance suite for the webhook of a platform.

use std::collections::BTreeMap;

use serde_json::Value;
use unicom_core::inbound::{Applied, PlatformEvent, receive};
use unicom_core::platform::{WebhookCall, WebhookRefusal, WebhookReply};
use unicom_core::{Bots, CoreError, Platform, Platforms};
use unicom_db::Database;
use unicom_models::Channel;

use super::helper::{databases, new_channel, ok, read, timed};
use crate::all_rows;

/// Checks the guarantees of [`WebhookHandler`](unicom_core::platform::WebhookHandler): what a call
/// reports is stored once, also if the provider repeats the call, and a body that makes no sense
/// reports nothing.
///
/// `call` must be proven for a channel with `valid_config`, and report something that is stored.
///
/// # Panics
/// Panics if a guarantee is broken. The message says which.
pub async fn webhook(platform: impl Platform, valid_config: Value, call: WebhookCall) {
    let kind = platform.kind();
    let platforms = Platforms::default().with(platform);
    for db in databases() {
        let (database, bots) = (db.database(), Bots::default());
        let made = new_channel(database, &platforms, &bots, &kind, &valid_config).await;
        let channel = ok("making a channel with the valid configuration", made);
        let empty = rows(database).await;
        let first = apply(database, &channel, read_call(&platforms, &channel, &call)).await;
        for applied in &first {
            assert!(
                matches!(applied, Applied::Stored(_) | Applied::Changed),
                "an event of the call was not stored: {applied:?}"
            );
        }
        let stored = rows(database).await;
        assert!(stored != empty, "the call reports nothing that is stored");
        apply(database, &channel, read_call(&platforms, &channel, &call)).await;
        assert_eq!(
            rows(database).await,
            stored,
            "what a call reports was stored again when the call was repeated"
        );
        check_nonsense(&platforms, &channel, &call);
    }
}

fn read_with(
    platforms: &Platforms,
    channel: &Channel,
    call: &WebhookCall,
) -> Result<WebhookReply, WebhookRefusal> {
    let platform = ok("looking the platform up", platforms.get(&channel.platform));
    let webhook = platform.webhook();
    let webhook = webhook.unwrap_or_else(|| panic!("the platform has no webhook"));
    timed("the webhook", || webhook.read(channel, call))
}

/// Returns the events of a call.
fn read_call(platforms: &Platforms, channel: &Channel, call: &WebhookCall) -> Vec<PlatformEvent> {
    match read_with(platforms, channel, call) {
        Ok(WebhookReply::Events { events, .. }) => events,
        other => panic!("the call was not read: {other:?}"),
    }
}

async fn apply(database: &Database, channel: &Channel, events: Vec<PlatformEvent>) -> Vec<Applied> {
    let channel = channel.clone();
    let applied = database.write(move |tx| -> Result<Vec<Applied>, CoreError> {
        let events = events.into_iter();
        events.map(|event| receive(tx, &channel, event)).collect()
    });
    ok("storing what the call reports", applied.await)
}

/// Returns the number of rows of each table.
async fn rows(database: &Database) -> BTreeMap<String, usize> {
    let all = read(database, all_rows).await;
    all.into_iter()
        .map(|(table, rows)| (table, rows.len()))
        .collect()
}

/// Checks that nothing is reported by a call with another body, whether or not its proof is valid
/// then.
fn check_nonsense(platforms: &Platforms, channel: &Channel, call: &WebhookCall) {
    for body in ["", "[[", "[]", "{}", "null", "\u{0}\u{fffd}"] {
        let mut call = call.clone();
        call.body = body.into();
        let read = read_with(platforms, channel, &call);
        assert!(
            match &read {
                Ok(WebhookReply::Events { events, .. }) => events.is_empty(),
                Ok(_) => false,
                Err(_) => true,
            },
            "the body {body:?} was read as {read:?}"
        );
    }
}
