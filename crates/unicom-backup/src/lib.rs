#![doc = include_str!("../README.md")]
// What only the other engine needs is unused in a build with one engine.
#![cfg_attr(not(all(feature = "sqlite", feature = "postgres")), allow(unused))]

#[cfg(feature = "sqlite")]
mod database;
mod error;
mod files;
mod names;
mod transfer;

#[cfg(feature = "sqlite")]
pub use database::{Ready, Replaced, Restored, backup, prepare_restore};
pub use error::BackupError;
pub use files::{Copied, LocalFiles};
pub use transfer::{TransferError, Transferred, count_rows, export, import};
