//! The commands, one module for each, and their shared helpers.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod backup;
mod backup_files;
pub(crate) mod bot;
pub(crate) mod category;
pub(crate) mod channel;
pub(crate) mod check;
pub(crate) mod delivery;
pub(crate) mod export;
pub(crate) mod group;
pub(crate) mod import;
pub(crate) mod media;
pub(crate) mod member;
pub(crate) mod migrate;
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

use unicom_core::CoreError;

use crate::Failure;

/// Converts the error of a change that was refused. An invalid value is wrong usage, any other
/// error a failure.
fn refused(error: CoreError) -> Failure {
    match error {
        CoreError::UnknownPlatform { .. }
        | CoreError::Channel(_)
        | CoreError::Invalid { .. }
        | CoreError::Nul { .. } => Failure::Usage(error.to_string()),
        error => error.into(),
    }
}

/// Returns the failure for an item that does not exist. `what` is its kind, such as `category`.
fn missing(what: &str, id: impl std::fmt::Display) -> Failure {
    Failure::Failed(format!("{what} `{id}` does not exist"))
}
