//! Copies of the SQLite database file: a backup during writes, and a restore.

mod backup;
mod draft;
mod lock;
mod restore;
mod sqlite;

pub use backup::backup;
pub use lock::Replaced;
pub use restore::{Ready, Restored, prepare_restore};
