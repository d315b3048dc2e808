#![doc = include_str!("../README.md")]

mod admin;
mod admission;
mod api;
mod arrival;
mod body;
mod body_timeout;
mod button_click;
mod caller;
mod chat;
mod chats;
mod conditional;
mod cursor;
mod error;
mod fields;
mod filters;
mod identity;
mod ids;
mod json;
mod line_limit;
mod media;
mod messages;
mod metered;
mod multipart;
pub mod openapi;
mod parameters;
mod reply;
mod respond;
mod routes;
mod security_log;
mod send;
mod send_body;
mod storage;
mod target;
mod unique_json;
mod upload;
mod upload_folder;

pub use admin::{ADMIN, ADMIN_PATH, AdminConfig, admin_routes};
pub use admission::{
    Admission, AdmissionOptions, Clock, HeldUp, HeldUpBy, InvalidRate, Login, Rate, Rates, admit,
    count_refusal,
};
pub use api::{Api, Limits};
pub use arrival::Arrival;
pub use body::read_json;
pub use caller::Caller;
pub use error::{ApiError, json_errors};
pub use fields::Fields;
pub use identity::{Admin, IdentityProvider, bearer_token, random_token};
pub use reply::{REQUESTS, request_path, request_routes};
pub use routes::{DOCUMENT, VISITORS, scope};
pub use security_log::{SECURITY_LOG, SecurityEvent, Sources};
pub use storage::{GuardedMedia, Refusal, Space, Storage};
pub use target::{AllowedHosts, InvalidHost, allowed_hosts, plain_paths};
pub use upload_folder::UploadFolder;
