#![doc = include_str!("../README.md")]

pub mod admin;
pub mod admission;
mod api;
mod arrival;
#[cfg(feature = "ui")]
pub mod assets;
mod body;
mod body_bytes;
mod body_timeout;
pub mod bot_replies;
mod buttons_json;
mod caller;
mod conditional;
mod cursor;
mod error;
mod error_conversions;
mod file_urls;
mod identity;
mod ids;
mod json;
mod json_body;
mod limits;
mod live;
mod multipart;
pub mod openapi;
mod parameters;
mod respond;
pub mod security_log;
pub mod storage;
pub mod target;
pub mod unique_json;
mod unsessioned;
mod upload;
mod upload_folder;
pub mod webchat;
pub mod webhooks;

pub use api::Api;
pub use arrival::Arrival;
pub use body::read_json;
pub use caller::Caller;
pub use conditional::Precondition;
pub use error::{ApiError, json_errors};
pub use identity::{Admin, IdentityProvider, Proof, Renewed, bearer_token, random_token};
pub use limits::Limits;
pub use upload_folder::UploadFolder;
