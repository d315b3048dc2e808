//! Tests of clicks on the buttons under messages.

mod made;
mod refused;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_core::{
    OutgoingMessage,
    buttons::{Button, Buttons},
};
use unicom_db::queries::channels;
use unicom_models::ChatId;
use unicom_testing::{TestClock, TestDatabase};
use unicom_webchat::{WebChatError, send_webchat_message};

use crate::app::{Setup, TestApp};
use crate::client::{Client, Request};
use crate::response::Response;

const NOT_YOURS: (u16, &str) = (403, "not_your_button");

const HOUR: Duration = Duration::from_secs(3600);

/// Starts a server with a test clock that stands still.
async fn with_clock(db: &TestDatabase) -> (TestApp, TestClock) {
    let clock = TestClock::new();
    let setup = Setup {
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    (TestApp::with(db, setup).await, clock)
}

/// Returns two buttons with a value and one with a URL.
fn cats() -> Buttons {
    Buttons(vec![
        vec![Button::value("The cat", "cat"), Button::value("No", "no")],
        vec![Button::url("More", "https://example.org/cats")],
    ])
}

impl TestApp {
    /// Sends `Which one?` to the chat as an admin, with buttons. Returns the message's id.
    pub async fn offer(&self, chat: &str, buttons: Buttons) -> String {
        let (channel_id, chat) = (self.channel_id(), ChatId::from(chat));
        let offered = self.database().write(move |tx| {
            let channel = channels::get(tx, channel_id)?.ok_or(WebChatError::NoChannel)?;
            let question = OutgoingMessage::text("Which one?").with_buttons(buttons);
            send_webchat_message(tx, &channel, &chat, question)
        });
        offered.await.unwrap().id.to_string()
    }
}

/// Returns a guest who has a message with [`cats`], and the ids of the buttons that can be clicked.
async fn offered(app: &TestApp) -> (Client, [String; 2]) {
    let guest = app.guest_who_wrote("hi").await;
    app.offer(&guest.account_id().await, cats()).await;
    let page = guest.messages("limit=1").await;
    let shown = &page["messages"][0]["interactive_buttons"];
    let ids = [&shown[0][0], &shown[0][1]].map(id_of);
    (guest, ids)
}

fn id_of(button: &Value) -> String {
    button["callback_execution_id"].as_str().unwrap().to_owned()
}

fn request(client: &Client) -> Request<'_> {
    client.request(Method::POST, "/unicom/webchat/button-click/")
}

async fn click(client: &Client, id: &str) -> Response {
    let body = json!({ "callback_execution_id": id });
    request(client).json(&body).send().await
}
