//! Tests of the chat list, and of a visitor's operations on a whole chat.

mod changing;
mod ending;
mod listing;
mod transcripts;

use serde_json::{Value, json};

use crate::client::Client;

const CHATS: &str = "/unicom/webchat/chats/";

/// Creates a chat with this name and metadata. Returns its id.
async fn open(client: &Client, name: &str, metadata: Value) -> String {
    let made = client
        .post(CHATS, json!({ "name": name, "metadata": metadata }))
        .await;
    assert_eq!(made.status, 201);
    made.ok()["chat"]["id"].as_str().unwrap().to_owned()
}

async fn write(client: &Client, chat: &str, text: &str) -> Value {
    let sent = client
        .send(json!({ "text": text, "chat_id": chat }))
        .await
        .ok();
    sent["message"].clone()
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let chats = client.chats(query).await.into_iter();
    chats
        .map(|chat| chat["name"].as_str().unwrap_or("-").to_owned())
        .collect()
}

fn path(chat: &str) -> String {
    format!("/unicom/webchat/chat/{chat}/")
}
