//! [`Pace`]: how many messages the provider of a platform accepts.

use std::time::Duration;

/// How many messages the provider of a platform accepts. Others wait for their turn, without an
/// attempt. Each process counts what it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Pace {
    /// For each chat between one account and the channel.
    pub chat: Option<Rate>,
    /// For each chat of several accounts.
    pub group: Option<Rate>,
    /// For each channel, in all its chats together.
    pub channel: Option<Rate>,
}

impl Pace {
    /// Sets how many messages a chat between one account and the channel may get.
    #[must_use]
    pub fn with_chat(self, rate: Rate) -> Self {
        Self {
            chat: Some(rate),
            ..self
        }
    }

    /// Sets how many messages a chat of several accounts may get.
    #[must_use]
    pub fn with_group(self, rate: Rate) -> Self {
        Self {
            group: Some(rate),
            ..self
        }
    }

    /// Sets how many messages may be sent through a channel.
    #[must_use]
    pub fn with_channel(self, rate: Rate) -> Self {
        Self {
            channel: Some(rate),
            ..self
        }
    }
}

/// A number of messages in a period. This number may be sent at once, and the next ones at equal
/// intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    messages: u32,
    pub(crate) per: Duration,
}

impl Rate {
    /// Creates the rate of this number of messages, at least one, in a period.
    pub const fn new(messages: u32, per: Duration) -> Self {
        let messages = if messages == 0 { 1 } else { messages };
        Self { messages, per }
    }

    /// Returns the time between two messages in the long run.
    pub fn interval(self) -> Duration {
        self.per / self.messages
    }
}
