//! The routes of the web chat, for visitors.

mod button_click;
mod chat;
mod chats;
mod claims;
mod endings;
mod filters;
pub(crate) mod media;
pub(crate) mod message;
mod messages;
mod routes;
mod send;
mod send_body;
mod stream;
mod transcript;
mod unread;

pub(crate) use routes::private_headers;
pub use routes::{COMPONENT, DOCUMENT, VISITORS, component_path, component_scope, scope};
