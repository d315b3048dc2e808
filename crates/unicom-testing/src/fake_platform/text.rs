//! [`FakePlatform`] as a platform that shows neither markup nor buttons, such as text messages.

use unicom_core::inbound::PlatformEvent;
use unicom_models::ChannelId;

use super::FakePlatform;
use super::provider::Message;

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
