//! [`Signal`]: what the sender of a message or a click may see while it is answered.

/// What the sender of a message or a click may see while it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// The message was seen.
    #[non_exhaustive]
    Seen {
        /// The provider's id of the message.
        provider_message_id: String,
    },
    /// An answer is being written. Repeated every 4 s.
    Typing,
    /// A click on a button has arrived, whatever comes of it.
    #[non_exhaustive]
    ClickTaken {
        /// The provider's id of the click.
        provider_click_id: String,
    },
}

impl Signal {
    /// Creates the signal that the message with this id of the provider was seen.
    pub fn seen(provider_message_id: impl Into<String>) -> Self {
        Self::Seen {
            provider_message_id: provider_message_id.into(),
        }
    }

    /// Creates the signal that the click with this id of the provider has arrived.
    pub fn click_taken(provider_click_id: impl Into<String>) -> Self {
        Self::ClickTaken {
            provider_click_id: provider_click_id.into(),
        }
    }
}
