//! Conformance suites for implementations of a platform, its webhook, its files, a bot or a media
//! store. They panic if a guarantee is broken. Those for platforms and bots run on each engine that
//! is built in; without PostgreSQL they print `skipped: …`. Their futures are `Send`.
//!
//! ```
//! use serde_json::json;
//! use unicom_testing::{FakePlatform, conformance};
//!
//! #[tokio::test]
//! async fn platform_conforms() {
//!     let wrong = [json!({"token": 7})];
//!     conformance::platform(FakePlatform::default(), json!({"token": "t"}), &wrong).await;
//! }
//! ```

mod bot;
mod files;
mod helper;
mod media_store;
mod platform;
mod watched;
mod webhook;

pub use bot::{bot, bot_with};
pub use files::{ProviderFiles, files};
pub use media_store::media_store;
pub use platform::platform;
pub use webhook::webhook;
