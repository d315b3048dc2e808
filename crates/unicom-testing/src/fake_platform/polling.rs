//! The poller of [`FakePlatform`].

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use unicom_core::platform::{Inbox, PollError, Poller, Stop};
use unicom_models::{Channel, ChannelId};

use super::FakePlatform;
use super::provider::{FakePoll, Message};

impl FakePlatform {
    /// Gives the platform a poller. It polls the channels whose configuration does not have
    /// `"poll": false`, and stores its position as the cursor `offset`.
    #[must_use]
    pub fn with_polling(self) -> Self {
        self.state().provider.is_polled = true;
        self
    }

    /// Reports a message to the next poll.
    pub fn report(&self, id: &str, from: &str, text: &str) {
        let message = Message::new(id, from, text);
        self.state().provider.reports.push(message);
    }

    /// Takes back what was reported last.
    pub fn take_back(&self) {
        self.state().provider.reports.pop();
    }

    /// Sets what happens at one more poll. Later polls succeed.
    pub fn poll_next(&self, poll: FakePoll) {
        self.state().provider.next.push_back(poll);
    }

    /// Returns the channels that are being polled.
    pub fn polled(&self) -> Vec<ChannelId> {
        self.state().provider.polled.clone()
    }

    /// Returns how many polls have begun.
    pub fn polls(&self) -> usize {
        self.state().provider.polls
    }

    /// Returns the inbox of the poll that began last.
    pub fn inbox(&self) -> Option<Inbox> {
        self.state().provider.inbox.clone()
    }
}

/// Notes that a channel is being polled, until it is dropped.
struct Polling(FakePlatform, ChannelId);

impl Polling {
    fn begin(fake: &FakePlatform, id: ChannelId, inbox: &Inbox) -> Self {
        let provider = &mut fake.state().provider;
        provider.polls += 1;
        provider.polled.push(id);
        provider.inbox = Some(inbox.clone());
        Self(fake.clone(), id)
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        let polled = &mut self.0.state().provider.polled;
        if let Some(at) = polled.iter().position(|id| *id == self.1) {
            polled.swap_remove(at);
        }
    }
}

impl Poller for FakePlatform {
    fn wants(&self, channel: &Channel) -> bool {
        channel.config.get("poll") != Some(&Value::Bool(false))
    }

    fn poll(
        &self,
        channel: Channel,
        inbox: Inbox,
        stop: Stop,
    ) -> BoxFuture<'_, Result<(), PollError>> {
        async move {
            let _polling = Polling::begin(self, channel.id, &inbox);
            let next = self.state().provider.next.pop_front();
            match next {
                None => {}
                Some(FakePoll::Fail(error)) => return Err(error),
                Some(FakePoll::Panic) => panic!("the fake platform panics"),
                Some(FakePoll::Hang) => std::future::pending().await,
            }
            let cursor = inbox.cursor("offset").await?.unwrap_or_default();
            let mut offset = cursor
                .as_u64()
                .map_or(0, |at| usize::try_from(at).unwrap_or(0));
            inbox.store(Vec::new(), None).await?;
            while !stop.is_requested() {
                let new: Vec<Message> = {
                    let reports = &self.state().provider.reports;
                    reports.iter().skip(offset).cloned().collect()
                };
                if new.is_empty() {
                    tokio::select! {
                        () = stop.requested() => {}
                        () = tokio::time::sleep(Duration::from_millis(10)) => {}
                    }
                    continue;
                }
                offset += new.len();
                let events = new
                    .into_iter()
                    .map(|message| self.event(channel.id, message));
                let cursor = Some(("offset", json!(offset)));
                inbox.store(events.collect(), cursor).await?;
            }
            Ok(())
        }
        .boxed()
    }
}
