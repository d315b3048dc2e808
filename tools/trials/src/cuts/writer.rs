//! A user who writes, edits, deletes and reads, in two chats.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::ack_log::AckLog;
use crate::client::{Client, Draft};
use crate::connection::Connection;

/// The longest pause between two actions, in milliseconds: chats stay short enough to be read
/// again.
const LONGEST_PAUSE: u64 = 30;

/// A message that the server has acknowledged.
struct Written {
    chat: usize,
    id: String,
    /// The text of the last acknowledged edit. `None` if the message was deleted.
    text: Option<String>,
}

/// A user with two chats.
pub struct Writer {
    pub client: Client,
    connection: Connection,
    ack_log: Arc<AckLog>,
    given_up: Arc<AtomicBool>,
    name: String,
    rng: Rng,
    drafts: u64,
    messages: Vec<Written>,
    pub logins: u64,
    pub edited: u64,
    pub deleted: u64,
}

impl Writer {
    /// Registers a user, who has written in each of the two chats.
    pub fn begin(
        address: SocketAddr,
        ack_log: &Arc<AckLog>,
        name: &str,
        rng: Rng,
    ) -> anyhow::Result<Self> {
        let given_up = Arc::new(AtomicBool::new(false));
        let connection = Connection::new(address, ack_log.clone(), given_up.clone())?;
        let mut client = Client::arrive(&connection)?;
        client.become_user(&connection, ack_log, name, true)?;
        client.open_chat(&connection, ack_log)?;
        let mut writer = Self {
            client,
            connection,
            ack_log: ack_log.clone(),
            given_up,
            name: name.to_owned(),
            rng,
            drafts: 0,
            messages: Vec::new(),
            logins: 0,
            edited: 0,
            deleted: 0,
        };
        for chat in 0..writer.client.chats.len() {
            writer.send(chat)?;
        }
        anyhow::ensure!(writer.messages.len() == 2, "a user could not begin");
        Ok(writer)
    }

    /// Returns the ids of the chats.
    pub fn chats(&self) -> impl Iterator<Item = &str> {
        let chats = self.client.chats.iter();
        chats.filter_map(|chat| chat.id.as_deref())
    }

    /// Returns the number of acknowledged messages.
    pub fn written(&self) -> u64 {
        self.messages.len() as u64
    }

    /// Returns what is stored of a chat otherwise than it was acknowledged.
    pub fn compare(&self, chat: usize, stored: &[Value]) -> Vec<String> {
        let texts: std::collections::HashMap<&str, &Value> = stored
            .iter()
            .filter_map(|message| Some((message["id"].as_str()?, &message["text"])))
            .collect();
        let mine = self.messages.iter().filter(|written| written.chat == chat);
        mine.filter_map(|written| {
            let found = texts.get(&*written.id).and_then(|text| text.as_str());
            (found != written.text.as_deref()).then(|| {
                format!(
                    "{} should be {:?} and is {found:?}",
                    written.id, written.text
                )
            })
        })
        .collect()
    }

    fn write(&mut self, stopping: &AtomicBool) -> anyhow::Result<()> {
        while !stopping.load(Ordering::Relaxed) {
            match self.rng.u8(..40) {
                0 => self.log_in_elsewhere()?,
                1..=23 => {
                    let chat = self.rng.usize(..2);
                    self.send(chat)?;
                }
                24..=31 => self.edit()?,
                32..=35 => self.delete()?,
                _ => {
                    let chat = self.rng.usize(..2);
                    let chat = self.client.chats[chat].id.clone().unwrap_or_default();
                    let path = format!("/unicom/webchat/chat/{chat}/read/");
                    self.change(&path, |client, http, path| client.post(http, path), &[])?;
                }
            }
            thread::sleep(Duration::from_millis(self.rng.u64(..LONGEST_PAUSE)));
        }
        Ok(())
    }

    /// Writes as a guest, who then logs in as this user: the guest's chat becomes part of the
    /// user's default chat, which readers have to read again.
    fn log_in_elsewhere(&mut self) -> anyhow::Result<()> {
        let mut guest = Client::arrive(&self.connection)?;
        let draft = self.draft();
        let (connection, ack_log) = (&self.connection, &self.ack_log);
        if guest.write(connection, ack_log, 0, draft)?
            && guest.become_user(connection, ack_log, &self.name, false)?
            && let Some(sent) = guest.chats[0].sent.last()
        {
            self.messages.push(Written {
                chat: 0,
                id: sent.id.clone(),
                text: Some(sent.text.clone()),
            });
            self.logins += 1;
        }
        Ok(())
    }

    fn draft(&mut self) -> Draft {
        self.drafts += 1;
        let client_id = format!("{}-{}", self.name, self.drafts);
        let text = format!("{client_id} {}", "é".repeat(self.rng.usize(..200)));
        Draft {
            text: text.trim_end().to_owned(),
            client_id,
            file: None,
        }
    }

    fn send(&mut self, chat: usize) -> anyhow::Result<()> {
        let draft = self.draft();
        let is_stored = self
            .client
            .write(&self.connection, &self.ack_log, chat, draft)?;
        if is_stored && let Some(sent) = self.client.chats[chat].sent.last() {
            self.messages.push(Written {
                chat,
                id: sent.id.clone(),
                text: Some(sent.text.clone()),
            });
        }
        Ok(())
    }

    fn edit(&mut self) -> anyhow::Result<()> {
        let place = self.rng.usize(..self.messages.len());
        let Written {
            id,
            text: Some(text),
            ..
        } = &self.messages[place]
        else {
            return Ok(());
        };
        let text = format!("{text} {}", self.edited);
        let path = format!("/unicom/webchat/message/{id}/");
        let body = json!({ "text": text });
        if self.change(
            &path,
            |client, http, path| client.patch(http, path).json(&body),
            &[],
        )? {
            self.messages[place].text = Some(text);
            self.edited += 1;
        }
        Ok(())
    }

    fn delete(&mut self) -> anyhow::Result<()> {
        let place = self.rng.usize(..self.messages.len());
        if self.messages[place].text.is_none() {
            return Ok(());
        }
        let path = format!("/unicom/webchat/message/{}/", self.messages[place].id);
        // A try that the server carried out but could not answer leaves nothing for a later try.
        if self.change(
            &path,
            |client, http, path| client.delete(http, path),
            &[404],
        )? {
            self.messages[place].text = None;
            self.deleted += 1;
        }
        Ok(())
    }

    /// Sends a request until it is answered. Returns `false` if it is refused, and records a
    /// complaint.
    fn change(
        &self,
        path: &str,
        request: impl Fn(&Client, &crate::http::HttpClient, &str) -> reqwest::RequestBuilder,
        also: &[u16],
    ) -> anyhow::Result<bool> {
        let response = self
            .connection
            .ask(|http| request(&self.client, http, path))?;
        let is_done = response.status == 200 || also.contains(&response.status);
        if !is_done {
            self.ack_log
                .complain(format!("{path}: {} {}", response.status, response.code()));
        }
        Ok(is_done)
    }
}

/// Active writers, each in a separate thread. Dropping them gives up the trial.
pub struct Writers {
    stopping: Arc<AtomicBool>,
    given_up: Vec<Arc<AtomicBool>>,
    threads: Vec<JoinHandle<anyhow::Result<Writer>>>,
}

impl Writers {
    pub fn start(writers: Vec<Writer>) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let given_up = writers.iter().map(|writer| writer.given_up.clone());
        let given_up = given_up.collect();
        let threads = writers.into_iter().map(|mut writer| {
            let stopping = stopping.clone();
            thread::spawn(move || writer.write(&stopping).map(|()| writer))
        });
        let threads = threads.collect();
        Self {
            stopping,
            given_up,
            threads,
        }
    }

    /// Returns an error if a writer has stopped.
    pub fn check(&self) -> anyhow::Result<()> {
        let is_stopped = self.threads.iter().any(JoinHandle::is_finished);
        anyhow::ensure!(!is_stopped, "a writer stopped too early");
        Ok(())
    }

    /// Lets all writers finish their current action, and returns them.
    pub fn stop(mut self) -> anyhow::Result<Vec<Writer>> {
        self.stopping.store(true, Ordering::Relaxed);
        let threads = std::mem::take(&mut self.threads);
        let writers = threads.into_iter().map(|thread| {
            let ended = thread.join();
            ended.map_err(|_| anyhow::anyhow!("a writer panicked"))?
        });
        writers
            .collect::<anyhow::Result<_>>()
            .context("a writer failed")
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        for given_up in &self.given_up {
            given_up.store(true, Ordering::Relaxed);
        }
        self.stopping.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // The first error has already been reported.
            let _ = thread.join();
        }
    }
}
