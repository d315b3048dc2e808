//! Tests of the bots against local servers that answer as scripted, late, or not at all.

#![expect(
    clippy::unwrap_used,
    reason = "a test has no other way to fail than to panic"
)]

mod chat;
mod history;
mod llm;
mod llm_failures;
mod llm_refusals;
mod llm_streams;
mod pipeline;
mod secrets;
mod settings;
mod webhook;
mod webhook_failures;
