#![doc = include_str!("../README.md")]

pub mod admin;
pub mod bots;
pub mod buttons;
mod error;
pub mod housekeeping;
pub mod html;
pub mod inbound;
pub mod internal;
pub mod json_error;
pub mod json_text;
mod leases;
pub mod live;
pub mod matchers;
pub mod media;
pub mod outbound;
pub mod paging;
pub mod person;
pub mod pipeline;
pub mod platform;
pub mod replies;
pub mod retention;
pub mod secrets;
mod store_message;
pub mod text;
pub mod validation;

pub use bots::{Bot, Bots};
pub use bytes::Bytes;
pub use error::CoreError;
pub use futures_util::future::BoxFuture;
pub use futures_util::stream::BoxStream;
pub use inbound::IncomingMessage;
pub use outbound::OutgoingMessage;
pub use pipeline::{Pipeline, PipelineOptions};
pub use platform::{Platform, Platforms};
pub use store_message::LONGEST_TEXT;
