//! Outgoing messages, stored and queued for delivery by the platform of their chat.

mod outgoing;

pub(crate) use outgoing::compose;
pub use outgoing::{OutgoingMessage, append_outgoing, send_message, sender_name};
