//! `Mirror`: a client's copy of a chat, which has to equal what the server stores.

use serde_json::Value;

use crate::client::Client;

/// A copy of the messages of a chat, kept up to date by what a live connection tells.
pub struct Mirror {
    pub chat_id: String,
    pub cursor: String,
    messages: Vec<Value>,
    participants: Vec<Value>,
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
            participants: participants(&page),
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
                "participant" => {
                    let mut participant = item.clone();
                    participant.as_object_mut().unwrap().remove("kind");
                    let key = |one: &Value| (one["is_self"].clone(), one["name"].clone());
                    self.participants
                        .retain(|old| key(old) != key(&participant));
                    self.participants.push(participant);
                    self.participants.sort_by_key(Value::to_string);
                }
                "message_deleted" => self.messages.retain(|old| old["id"] != item["id"]),
                kind => panic!("unknown kind of item: {kind}"),
            }
        }
        self.raise_statuses();
        told["cursor"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.cursor);
    }

    /// Raises the statuses of messages to what the positions of the participants and later messages
    /// say, as docs/API.md tells clients to.
    fn raise_statuses(&mut self) {
        let time = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let answers = self.messages.iter();
        let answers = answers.filter(|message| message["is_outgoing"] == true);
        let answered_at = answers.map(|message| time(&message["timestamp"])).max();
        for message in &mut self.messages {
            let is_own = message["author"]["is_self"] == true;
            let written_at = time(&message["timestamp"]);
            let mut status = time(&message["status"]);
            let of_others = self.participants.iter();
            let of_others = of_others.filter(|one| (one["is_self"] == true) != is_own);
            for one in of_others {
                if time(&one["read_up_to"]) >= written_at {
                    "seen".clone_into(&mut status);
                } else if time(&one["delivered_up_to"]) >= written_at && status != "seen" {
                    "delivered".clone_into(&mut status);
                }
            }
            if is_own && answered_at.as_ref() > Some(&written_at) {
                "seen".clone_into(&mut status);
            }
            message["status"] = status.into();
        }
    }

    /// Returns the statuses of the messages, oldest first.
    pub fn statuses(&self) -> Vec<&str> {
        let messages = self.messages.iter();
        messages
            .map(|message| message["status"].as_str().unwrap())
            .collect()
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
        assert_eq!(participants(&page), self.participants);
        assert_eq!(page["cursor"], self.cursor.as_str());
    }
}

/// Returns the participants of a page, in an order that does not depend on the page's.
fn participants(page: &Value) -> Vec<Value> {
    let mut participants = page["participants"].as_array().unwrap().clone();
    participants.sort_by_key(Value::to_string);
    participants
}

async fn page(client: &Client, chat_id: &str) -> Value {
    client
        .messages(&format!("chat_id={chat_id}&order=asc&limit=100"))
        .await
}
