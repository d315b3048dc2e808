//! The delivery of a message to a platform: the job, the receipt and the error.

use std::sync::Arc;
use std::time::Duration;

use unicom_models::{Address, Channel, Chat, Message};

use crate::media::MediaStore;

/// A message to deliver to a platform.
#[derive(Clone)]
#[non_exhaustive]
pub struct DeliveryJob {
    /// The channel to deliver through.
    pub channel: Channel,
    /// The chat of the message.
    pub chat: Chat,
    /// The message.
    pub message: Message,
    /// The current address of the chat.
    pub to: Address,
    /// The provider's id of the message that this message replies to, if it has one.
    pub reply_to: Option<String>,
    /// The provider's ids of the parts of the message that earlier attempts have sent.
    pub sent_parts: Vec<String>,
    /// The store of the message's file.
    pub media: Arc<dyn MediaStore>,
}

// Without the configuration of the channel, which may hold secrets.
impl std::fmt::Debug for DeliveryJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeliveryJob")
            .field("channel", &self.channel.id)
            .field("chat", &self.chat.id)
            .field("message", &self.message)
            .field("to", &self.to)
            .field("reply_to", &self.reply_to)
            .field("sent_parts", &self.sent_parts)
            .finish_non_exhaustive()
    }
}

impl DeliveryJob {
    /// Creates the job to deliver `message`, which is in `chat` on `channel`, to the address `to`.
    pub fn new(
        channel: Channel,
        chat: Chat,
        message: Message,
        to: Address,
        media: Arc<dyn MediaStore>,
    ) -> Self {
        Self {
            channel,
            chat,
            message,
            to,
            reply_to: None,
            sent_parts: Vec::new(),
            media,
        }
    }
}

/// The result of a successful delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryReceipt {
    /// No delivery was needed: readers read the message from the database.
    Local,
    /// The platform accepted the message.
    #[non_exhaustive]
    Accepted {
        /// The ids that the platform gave the parts that this attempt sent, in order.
        parts: Vec<String>,
    },
}

impl DeliveryReceipt {
    /// Creates the receipt for a message that the platform accepted under this id.
    pub fn accepted(provider_message_id: impl Into<String>) -> Self {
        Self::accepted_parts(vec![provider_message_id.into()])
    }

    /// Creates the receipt for a message whose parts the platform accepted under these ids.
    pub fn accepted_parts(parts: Vec<String>) -> Self {
        Self::Accepted { parts }
    }
}

/// Why a message was not delivered, which decides what happens next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The platform cannot be reached or has a problem. The delivery is tried again, at
    /// growing intervals, for hours.
    #[error("temporary: {0}")]
    Temporary(String),
    /// The platform asks to wait. The attempt does not count.
    #[error("busy: {reason}")]
    Busy {
        /// Why, as a sentence for admins.
        reason: String,
        /// How long to wait, at most a day.
        after: Duration,
        /// What has to wait.
        scope: BusyScope,
    },
    /// The platform may or may not have accepted the message, for example because the connection
    /// broke before it answered. [`Repeat`](super::Repeat) decides whether it is tried again.
    #[error("unknown: {0}")]
    Unknown(String),
    /// The platform refused the message, and will refuse it again.
    #[error("rejected ({code}): {reason}")]
    Rejected {
        /// The platform's code of the error.
        code: String,
        /// Why, as a sentence for admins.
        reason: String,
    },
    /// The platform cannot show a message of this kind.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// The channel does not work for any message, for example because its token was revoked. The
    /// messages of the channel wait until it works again.
    #[error("broken: {0}")]
    Broken(String),
}

/// What has to wait while a platform is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusyScope {
    /// The chat of the message.
    Chat,
    /// All chats of the channel.
    Channel,
}

impl DeliveryError {
    /// Creates the error of a message that the platform refused with this code.
    pub fn rejected(code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Rejected {
            code: code.into(),
            reason: reason.into(),
        }
    }

    /// Returns the failure of an attempt that has sent parts with these ids before the error.
    pub fn after_parts(self, parts: Vec<String>) -> DeliveryFailure {
        DeliveryFailure { parts, error: self }
    }

    /// Changes the text of the error.
    pub(crate) fn map_text(mut self, change: impl FnOnce(String) -> String) -> Self {
        let (Self::Temporary(text)
        | Self::Busy { reason: text, .. }
        | Self::Unknown(text)
        | Self::Rejected { reason: text, .. }
        | Self::Unsupported(text)
        | Self::Broken(text)) = &mut self;
        *text = change(std::mem::take(text));
        self
    }
}

/// A failed attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct DeliveryFailure {
    /// The ids that the platform gave the parts that this attempt has sent, in order.
    pub parts: Vec<String>,
    /// Why the rest was not sent.
    #[source]
    pub error: DeliveryError,
}

impl From<DeliveryError> for DeliveryFailure {
    fn from(error: DeliveryError) -> Self {
        error.after_parts(Vec::new())
    }
}
