//! Tests of visitors who edit and delete their messages.

mod deleted;
mod edited;
mod refused;

use std::time::Duration;

use serde_json::{Value, json};
use unicom_testing::{TestClock, TestDatabase};

use crate::app::{Setup, TestApp};
use crate::client::Client;
use crate::response::Response;

const MINUTE: Duration = Duration::from_secs(60);

/// Starts a server whose channel has this configuration, with a test clock that stands still.
async fn with_clock(db: &TestDatabase, channel: Value) -> (TestApp, TestClock) {
    let clock = TestClock::new();
    let setup = Setup {
        channel,
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    (TestApp::with(db, setup).await, clock)
}

/// Returns the path of a message.
fn path(message: &Value) -> String {
    format!(
        "/unicom/webchat/message/{}/",
        message["id"].as_str().unwrap()
    )
}

async fn edit(client: &Client, message: &Value, text: &str) -> Response {
    client.patch(&path(message), json!({ "text": text })).await
}

/// Returns the changes in the client's default chat since `cursor`, and the next cursor.
async fn changes(client: &Client, cursor: &Value) -> (Value, Value) {
    let path = format!(
        "/unicom/webchat/events/?chat_id={}&cursor={}",
        client.account_id().await,
        cursor.as_str().unwrap()
    );
    let mut changes = client.get(&path).await.ok();
    assert_eq!(changes["reset"], false);
    (changes["items"].take(), changes["cursor"].take())
}
