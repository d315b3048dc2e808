//! Incoming messages, stored together with the requests they become.

mod append;
mod changes;
mod duplicate;
mod event;
mod incoming;
mod receive;
mod resolve;

pub use append::{FastPathTarget, append_incoming, append_incoming_fast_path};
pub use event::{
    Applied, ChatInfo, ClickEvent, MessageEdit, MessageEvent, MessageRef, PlatformEvent, Receipt,
    ReceiptStatus, Refusal, Sender,
};
pub use incoming::{IncomingMessage, Saved};
pub use receive::receive;
pub use unicom_models::{Address, AddressKind, AddressScope};
