#![doc = include_str!("../README.md")]

pub mod admin;
pub mod admission;
mod api;
mod arrival;
mod body;
mod body_timeout;
pub mod bot_replies;
mod caller;
mod conditional;
mod cursor;
mod error;
mod error_conversions;
mod fields;
mod identity;
mod ids;
mod json;
mod metered;
mod multipart;
pub mod openapi;
mod parameters;
mod respond;
pub mod security_log;
pub mod storage;
pub mod target;
mod unique_json;
mod upload;
mod upload_folder;
pub mod webchat;

pub use api::{Api, Limits};
pub use arrival::Arrival;
pub use body::read_json;
pub use caller::Caller;
pub use error::{ApiError, json_errors};
pub use fields::Fields;
pub use identity::{Admin, IdentityProvider, bearer_token, random_token};
pub use upload_folder::UploadFolder;
