#![doc = include_str!("../README.md")]

mod admin;
mod api;
mod body;
mod chat;
mod chats;
mod cursor;
mod error;
mod fields;
mod filters;
mod identity;
mod ids;
mod json;
mod known;
mod media;
mod messages;
mod parameters;
mod reply;
mod respond;
mod routes;
mod send;
mod send_body;
mod upload;

pub use admin::{Management, admin_routes};
pub use api::{Api, Limits};
pub use body::read_json;
pub use error::{ApiError, json_errors};
pub use fields::Fields;
pub use identity::{IdentityProvider, Staff, bearer_token, random_token};
pub use reply::request_routes;
pub use routes::{at, scope};
