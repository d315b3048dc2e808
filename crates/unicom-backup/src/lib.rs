#![doc = include_str!("../README.md")]

mod database;
mod error;
mod files;
mod names;
mod transfer;

pub use database::{Ready, Replaced, Restored, backup, prepare_restore};
pub use error::BackupError;
pub use files::{Copied, LocalFiles};
pub use transfer::{TransferError, Transferred, export, import};
