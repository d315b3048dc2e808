//! [`FakePlatform`] as a platform that shows neither markup nor buttons, such as text messages.

use unicom_content::text::plain_parts;
use unicom_core::inbound::PlatformEvent;
use unicom_core::platform::DeliveryJob;
use unicom_models::ChannelId;

use super::FakePlatform;
use super::provider::Message;

/// The texts that were sent, and how they are sent.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// Maximum length of a text, if the platform shows only texts.
    limit: Option<usize>,
    sent: Vec<String>,
}

impl Text {
    /// Sends the parts of a message that have not been sent, if the platform shows only texts.
    /// Returns the ids of what was sent. The first part of a message has the id `id`.
    pub fn send(&mut self, job: &DeliveryJob, id: &str) -> Vec<String> {
        let Some(limit) = self.limit else {
            return vec![id.to_owned()];
        };
        let parts = plain_parts(&job.message, limit);
        let left = parts.into_iter().enumerate().skip(job.sent_parts.len());
        left.map(|(at, text)| {
            self.sent.push(text);
            match at {
                0 => id.to_owned(),
                at => format!("{id}-{}", at + 1),
            }
        })
        .collect()
    }
}

impl FakePlatform {
    /// Lets the platform show only texts of at most `limit` UTF-16 code units. It sends longer ones
    /// in parts, and buttons as a numbered list.
    #[must_use]
    pub fn with_text_limit(self, limit: usize) -> Self {
        self.state().text.limit = Some(limit);
        self
    }

    /// Returns the texts that a platform with a limit has sent, in order.
    pub fn sent_texts(&self) -> Vec<String> {
        self.state().text.sent.clone()
    }

    /// Returns the event of a message that the provider reports.
    pub(super) fn event(&self, channel: ChannelId, message: Message) -> PlatformEvent {
        let event = message.event(channel);
        match self.state().text.limit {
            Some(_) => event.with_numbered_buttons(|_| true),
            None => event,
        }
    }
}
