//! Reads everything back over HTTP, page by page, and compares it with what the server
//! acknowledged.

use std::collections::HashMap;

use anyhow::Context;
use serde_json::Value;

use crate::ack_log::Sent;
use crate::client::{Chat, Client};
use crate::connection::Connection;
use crate::row::Row;

/// The problems with the stored messages, counted in messages.
#[derive(Debug, Default)]
pub struct Findings {
    /// Messages read, without replies.
    pub read: u64,
    /// Acknowledged messages that are missing.
    pub lost: u64,
    /// Messages stored more than once.
    pub twice: u64,
    /// Messages with another text, or with another id than the server acknowledged.
    pub altered: u64,
    /// Messages that are not in the order in which they were sent.
    pub out_of_order: u64,
    /// Messages that no client sent.
    pub strange: u64,
    /// Messages without a reply.
    pub unanswered: u64,
    /// Messages with more than one reply, or with a wrong one.
    pub answered_wrongly: u64,
    /// Messages whose file is missing or altered.
    pub files_lost: u64,
    /// The number of files compared.
    pub files: u64,
    /// Descriptions of the first problems.
    pub examples: Vec<String>,
}

impl Findings {
    /// Adds other findings.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.lost += other.lost;
        self.twice += other.twice;
        self.altered += other.altered;
        self.out_of_order += other.out_of_order;
        self.strange += other.strange;
        self.unanswered += other.unanswered;
        self.answered_wrongly += other.answered_wrongly;
        self.files += other.files;
        self.files_lost += other.files_lost;
        for example in other.examples {
            self.example(|| example);
        }
    }

    pub fn rows(&self) -> Vec<Row> {
        vec![
            Row::some("messages read back over HTTP", self.read),
            Row::none("acknowledged and lost", self.lost),
            Row::none("stored twice", self.twice),
            Row::none("stored otherwise than written", self.altered),
            Row::none("out of order", self.out_of_order),
            Row::none("stored and never written", self.strange),
            Row::none("without a reply", self.unanswered),
            Row::none(
                "with another reply, or more than one",
                self.answered_wrongly,
            ),
            Row::info("files read back", self.files),
            Row::none("acknowledged files lost", self.files_lost),
        ]
    }

    fn example(&mut self, text: impl FnOnce() -> String) {
        if self.examples.len() < 20 {
            self.examples.push(text());
        }
    }
}

/// Reads and compares all messages of the clients.
pub fn read_back(connection: &Connection, people: &[Client]) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    for client in people {
        for (number, chat) in client.chats.iter().enumerate() {
            let chat_id = (number > 0).then(|| chat.id.clone()).flatten();
            let stored = messages(connection, client, chat_id.as_deref())?;
            compare(&mut findings, chat, &stored);
            compare_files(&mut findings, connection, client, chat, &stored);
        }
    }
    Ok(findings)
}

/// Returns a chat's messages, oldest first.
pub fn messages(
    connection: &Connection,
    client: &Client,
    chat_id: Option<&str>,
) -> anyhow::Result<Vec<Value>> {
    let chat = chat_id
        .map(|id| format!("&chat_id={id}"))
        .unwrap_or_default();
    let mut before = String::new();
    let mut all = Vec::new();
    loop {
        let path = format!("/unicom/webchat/messages/?limit=100{chat}{before}");
        let response = connection.ask(|http| client.get(http, &path))?;
        let page = response.json();
        let Some(messages) = page["messages"].as_array() else {
            // A client whose chat is missing has lost all its messages.
            log::warn!("{path} was answered {}: {page}", response.status);
            return Ok(all);
        };
        all.extend(messages.iter().cloned());
        if page["has_more"] != true {
            all.reverse();
            return Ok(all);
        }
        let cursor = page["next_cursor"]
            .as_str()
            .context("more, and no cursor")?;
        before = format!("&before={cursor}");
    }
}

fn compare(findings: &mut Findings, chat: &Chat, stored: &[Value]) {
    let (replies, written): (Vec<&Value>, Vec<&Value>) = stored
        .iter()
        .partition(|message| message["is_outgoing"] == true);
    let mut places: HashMap<&str, Vec<(usize, &Value)>> = HashMap::new();
    for (place, message) in written.iter().enumerate() {
        places
            .entry(text(message, "client_message_id"))
            .or_default()
            .push((place, message));
    }
    let mut answers: HashMap<&str, Vec<&Value>> = HashMap::new();
    for reply in replies {
        answers
            .entry(text(reply, "reply_to_message_id"))
            .or_default()
            .push(reply);
    }
    findings.read += written.len() as u64;
    let mut last = None;
    for sent in &chat.sent {
        let found = places.remove(&*sent.client_id).unwrap_or_default();
        match found[..] {
            [] => {
                findings.lost += 1;
                findings.example(|| format!("lost: {} in chat {:?}", sent.client_id, chat.id));
                continue;
            }
            [_] => {}
            _ => {
                findings.twice += 1;
                findings.example(|| format!("stored {} times: {}", found.len(), sent.client_id));
            }
        }
        let (place, message) = found[0];
        if last.is_some_and(|last| place < last) {
            findings.out_of_order += 1;
            findings.example(|| format!("out of order: {}", sent.client_id));
        }
        last = Some(place);
        if text(message, "text") != sent.text || text(message, "id") != sent.id {
            findings.altered += 1;
            findings.example(|| format!("altered: {} is now {message}", sent.client_id));
        }
        let expected = format!("Echo: {}", sent.text);
        match answers.remove(&*sent.id).unwrap_or_default()[..] {
            [reply] if text(reply, "text") == expected => {}
            [] => {
                findings.unanswered += 1;
                findings.example(|| format!("without a reply: {}", sent.client_id));
            }
            ref wrong => {
                findings.answered_wrongly += 1;
                findings.example(|| format!("answered wrongly: {} by {wrong:?}", sent.client_id));
            }
        }
    }
    // What remains are messages that were not sent and replies to unknown messages.
    for (id, _) in places {
        findings.strange += 1;
        findings.example(|| format!("no client wrote `{id}`"));
    }
    for (id, _) in answers {
        findings.answered_wrongly += 1;
        findings.example(|| format!("a reply to `{id}`, which no client wrote"));
    }
}

fn compare_files(
    findings: &mut Findings,
    connection: &Connection,
    client: &Client,
    chat: &Chat,
    stored: &[Value],
) {
    let urls: HashMap<&str, &str> = stored
        .iter()
        .map(|message| {
            (
                text(message, "client_message_id"),
                text(message, "media_url"),
            )
        })
        .collect();
    let with_file = |sent: &Sent| Some((sent.client_id.clone(), sent.file.clone()?));
    for (client_id, file) in chat.sent.iter().filter_map(with_file) {
        findings.files += 1;
        let is_there = match urls.get(&*client_id) {
            Some(url) if !url.is_empty() => {
                // If the file is shorter than the server expects, the response ends early.
                let response = connection.ask(|http| client.get(http, url));
                response.is_ok_and(|response| response.status == 200 && *response.body == *file)
            }
            _ => false,
        };
        if !is_there {
            findings.files_lost += 1;
            findings.example(|| format!("the file of {client_id} is lost"));
        }
    }
}

fn text<'a>(message: &'a Value, field: &str) -> &'a str {
    message[field].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
