#![doc = include_str!("../README.md")]

mod admin;
mod admission;
mod api;
mod arrival;
mod body;
mod body_timeout;
mod bot_replies;
mod caller;
mod conditional;
mod cursor;
mod error;
mod error_conversions;
mod fields;
mod identity;
mod ids;
mod json;
mod line_limit;
mod log_fields;
mod log_sources;
mod metered;
mod multipart;
pub mod openapi;
mod parameters;
mod respond;
mod security_log;
mod storage;
mod target;
mod unique_json;
mod upload;
mod upload_folder;
pub(crate) mod webchat;

pub use admin::{ADMIN, ADMIN_PATH, AdminConfig, admin_routes};
pub use admission::{
    Admission, AdmissionOptions, Clock, HeldUp, HeldUpBy, InvalidRate, Login, Rate, Rates, admit,
    count_refusal,
};
pub use api::{Api, Limits};
pub use arrival::Arrival;
pub use body::read_json;
pub use bot_replies::{REQUESTS, request_path, request_routes};
pub use caller::Caller;
pub use error::{ApiError, json_errors};
pub use fields::Fields;
pub use identity::{Admin, IdentityProvider, bearer_token, random_token};
pub use log_fields::SECURITY_LOG;
pub use log_sources::Sources;
pub use security_log::SecurityEvent;
pub use storage::{GuardedMedia, Refusal, Space, Storage};
pub use target::{AllowedHosts, InvalidHost, allowed_hosts, plain_paths};
pub use upload_folder::UploadFolder;
pub use webchat::{DOCUMENT, VISITORS, scope};
