//! The provider that a [`FakePlatform`](super::FakePlatform) asks.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::json;
use unicom_core::IncomingMessage;
use unicom_core::inbound::{ChatInfo, FileRef, PlatformEvent, Sender};
use unicom_core::platform::{Inbox, PollError};
use unicom_models::ChannelId;

/// What the fake provider has to report, and what happens when it is asked.
#[derive(Debug, Default)]
pub(super) struct Provider {
    /// Whether the platform has a poller.
    pub is_polled: bool,
    pub reports: Vec<Message>,
    pub next: VecDeque<FakePoll>,
    pub polled: Vec<ChannelId>,
    pub polls: usize,
    pub inbox: Option<Inbox>,
}

/// What a [`FakePlatform`](crate::FakePlatform) does the next time it polls a channel.
#[derive(Debug, Clone)]
pub enum FakePoll {
    /// Returns this error.
    Fail(PollError),
    /// Panics.
    Panic,
    /// Does nothing, even when it is told to stop.
    Hang,
}

/// A message as the fake provider reports it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Message {
    id: String,
    from: String,
    text: String,
    /// The names of files at the provider.
    #[serde(default)]
    files: Vec<String>,
}

impl Message {
    pub fn new(id: &str, from: &str, text: &str) -> Self {
        let [id, from, text] = [id, from, text].map(str::to_owned);
        Self {
            id,
            from,
            text,
            files: Vec::new(),
        }
    }

    pub fn event(self, channel: ChannelId) -> PlatformEvent {
        let chat = ChatInfo::new(channel, self.from.as_str());
        let message = IncomingMessage {
            text: self.text,
            files: self.files.iter().map(|name| file_ref(name)).collect(),
            provider_message_id: Some(self.id),
            ..IncomingMessage::default()
        };
        PlatformEvent::message(Sender::new(self.from.clone(), self.from), chat, message)
    }
}

/// Returns the reference to a file at the provider.
pub(super) fn file_ref(name: &str) -> FileRef {
    FileRef::new(json!({ "file": name })).with_name(name)
}
