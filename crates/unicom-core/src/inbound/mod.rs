//! Incoming messages, stored together with the requests they become.

mod append;
mod changes;
mod duplicate;
mod event;
mod file_ref;
mod incoming;
mod receive;
mod resolve;

pub use append::{TextTarget, append_incoming, incoming_text, stored_text};
pub use changes::{delete_message, edit_text};
pub use event::{
    Applied, ChatInfo, ClickEvent, MessageEdit, MessageEvent, MessageRef, PlatformEvent, Receipt,
    ReceiptStatus, Refusal, Sender,
};
pub use file_ref::FileRef;
pub use incoming::{IncomingMessage, Saved};
pub use receive::receive;
pub use unicom_models::{Address, AddressKind, AddressScope};
