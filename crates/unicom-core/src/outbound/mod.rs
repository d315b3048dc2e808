//! Messages to the outside: stored, and queued for delivery by the chat's platform.

mod outgoing;

pub use outgoing::{OutgoingMessage, append_outgoing, send_message, sender_name};
