#![doc = include_str!("../README.md")]

mod api;
mod body;
mod chat;
mod chats;
mod cursor;
mod error;
mod filters;
mod identity;
mod ids;
mod json;
mod media;
mod messages;
mod parameters;
mod respond;
mod routes;
mod send;
mod send_body;
mod upload;

pub use api::{Api, Limits};
pub use body::{Fields, read_json};
pub use error::{ApiError, json_errors};
pub use identity::{IdentityProvider, random_token};
pub use routes::{at, scope};
