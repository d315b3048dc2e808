//! [`Outcome`] and [`BotError`]: what a bot returns.

use std::time::Duration;

use super::hand_over::HandOver;
use crate::outbound::OutgoingMessage;

/// The outcome of a bot.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The replies, in order. May be empty: that is an answer too.
    pub replies: Vec<OutgoingMessage>,
    /// The time within which the answer will come through
    /// [`answer_request`](crate::replies::answer_request), if it comes later.
    ///
    /// `replies` is empty then. If no answer comes in time, the bot is asked again, as after a
    /// temporary error.
    pub later: Option<Duration>,
    /// The language model usage of the bot.
    pub usage: Usage,
    /// Set if a person is to go on: after the replies, no bot answers in the chat until the person
    /// gives it back.
    pub hand_over: Option<HandOver>,
}

impl From<Vec<OutgoingMessage>> for Outcome {
    fn from(replies: Vec<OutgoingMessage>) -> Self {
        Self {
            replies,
            ..Self::default()
        }
    }
}

/// The language model usage of an answer. The request holds the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Number of language model calls.
    pub calls: i32,
    /// Number of tokens, of prompts and answers.
    pub tokens: i64,
}

impl Outcome {
    /// Creates an outcome with one plain text reply.
    pub fn text(text: impl Into<String>) -> Self {
        Self::reply(OutgoingMessage::text(text))
    }

    /// Creates an outcome with one reply.
    pub fn reply(reply: OutgoingMessage) -> Self {
        Self {
            replies: vec![reply],
            ..Self::default()
        }
    }

    /// Creates an outcome that hands the chat over to a person, without a reply.
    pub fn hand_over(reason: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            hand_over: Some(HandOver {
                reason: reason.into(),
                summary: summary.into(),
            }),
            ..Self::default()
        }
    }

    /// Creates an outcome that announces an answer within this time.
    pub fn later(within: Duration) -> Self {
        Self {
            later: Some(within),
            ..Self::default()
        }
    }
}

/// The error of a bot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BotError {
    /// A retry may help.
    #[error("temporary: {0}")]
    Temporary(String),
    /// A retry may help, but not before this time has passed.
    #[error("temporary: {reason}")]
    Busy {
        /// What went wrong.
        reason: String,
        /// Minimum time to wait. Limited to 15 minutes.
        after: Duration,
    },
    /// A retry will not help.
    #[error("permanent: {0}")]
    Permanent(String),
}
