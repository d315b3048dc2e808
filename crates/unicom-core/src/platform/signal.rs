//! [`Signal`]: what the sender of a message may see while it is answered.

/// What the sender of a message may see while it is answered.
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
}
