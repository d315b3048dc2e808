#![doc = include_str!("../README.md")]

mod defaults;
mod failure;
mod json;
mod llm;
mod setting_reader;
mod webhook;

pub use defaults::with_defaults;
pub use llm::Llm;
pub use webhook::Webhook;
