//! `Mirror`: a client's copy of a chat, which has to equal what the server stores.

use serde_json::Value;

use crate::client::Client;

/// A copy of the messages of a chat, kept up to date by what a live connection tells.
pub struct Mirror {
    pub chat_id: String,
    pub cursor: String,
    messages: Vec<Value>,
    /// How often the chat had to be read again.
    pub resets: usize,
}

impl Mirror {
    /// Reads the chat.
    pub async fn of(client: &Client, chat_id: &str) -> Self {
        let page = page(client, chat_id).await;
        Self {
            chat_id: chat_id.to_owned(),
            cursor: page["cursor"].as_str().unwrap().to_owned(),
            messages: page["messages"].as_array().unwrap().clone(),
            resets: 0,
        }
    }

    /// Applies `changes` or `reset` of a socket or a stream, or the response to a request that
    /// waited.
    pub async fn apply(&mut self, client: &Client, told: &Value) {
        let is_reset = told["type"] == "reset" || told["reset"] == true;
        assert!(is_reset || told["items"].is_array(), "{told}");
        if is_reset {
            let resets = self.resets + 1;
            *self = Self::of(client, &self.chat_id).await;
            self.resets = resets;
            return;
        }
        for item in told["items"].as_array().unwrap() {
            match item["kind"].as_str().unwrap() {
                "message" => {
                    let message = item["message"].clone();
                    match self
                        .messages
                        .iter_mut()
                        .find(|old| old["id"] == message["id"])
                    {
                        Some(old) => *old = message,
                        None => self.messages.push(message),
                    }
                }
                "message_deleted" => self.messages.retain(|old| old["id"] != item["id"]),
                kind => panic!("unknown kind of item: {kind}"),
            }
        }
        told["cursor"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.cursor);
    }

    /// Returns the texts, oldest first.
    pub fn texts(&self) -> Vec<&str> {
        let messages = self.messages.iter();
        messages
            .map(|message| message["text"].as_str().unwrap())
            .collect()
    }

    /// Checks that the copy equals what the server stores.
    pub async fn is_right(&self, client: &Client) {
        let page = page(client, &self.chat_id).await;
        assert_eq!(page["messages"].as_array().unwrap(), &self.messages);
        assert_eq!(page["cursor"], self.cursor.as_str());
    }
}

async fn page(client: &Client, chat_id: &str) -> Value {
    client
        .messages(&format!("chat_id={chat_id}&order=asc&limit=100"))
        .await
}
