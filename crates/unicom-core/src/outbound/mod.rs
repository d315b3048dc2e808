//! Outgoing messages, stored and queued for delivery by the platform of their chat.

mod note;
mod outgoing;

pub(crate) use note::note_in_chat;
pub(crate) use outgoing::compose;
pub use outgoing::{OutgoingMessage, append_outgoing, send_message, sender_name};
