//! The commands, one module for each, and their shared helpers.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod backup;
mod backup_files;
pub(crate) mod bot;
pub(crate) mod category;
pub(crate) mod channel;
mod channel_settings;
pub(crate) mod check;
mod confirm;
mod context;
pub(crate) mod delivery;
pub(crate) mod describe;
pub(crate) mod export;
pub(crate) mod group;
pub(crate) mod import;
pub(crate) mod media;
pub(crate) mod member;
pub(crate) mod migrate;
mod nearest;
mod person;
mod published_passwords;
pub(crate) mod quickstart;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod retention;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod token;
mod transfer_summary;
pub(crate) mod user;
mod values;
pub(crate) mod widget;

use crate::Failure;

pub use context::Context;

/// Creates a runtime on this thread for what a command awaits.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(Failure::failed)
}
