#![doc = include_str!("../README.md")]

mod chats;
mod person;
mod platform;
mod send;

pub use chats::{ListedChat, NewChat, Participant, create_chat, get_chat, list_chats, mark_read};
pub use person::Person;
pub use platform::Internal;
pub use send::{Author, LONGEST_EXCHANGE, send};
pub use unicom_core::internal::Writer;
