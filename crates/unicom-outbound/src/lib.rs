#![doc = include_str!("../README.md")]

mod address;
mod client;
mod error;
mod post;
mod proxies;
mod quote;
mod redirect;
mod resolver;
mod retry_after;
mod secrets;
mod stream;

pub use client::{Outbound, OutboundOptions};
pub use error::OutboundError;
pub use post::{Answer, Post};
pub use proxies::Proxies;
pub use quote::quote;
pub use reqwest::header;
pub use secrets::{BoundSecrets, SecretError};
pub use stream::AnswerStream;
pub use unicom_core::secrets::Secrets;
