//! Copies of the SQLite database file: backup during writes, restore, and safe access to files.

mod as_root;
mod backup;
mod entry;
mod error;
#[cfg_attr(not(unix), path = "folder_by_path.rs")]
mod folder;
mod locked;
mod new_file;
mod place;
mod private;
mod restore;

pub use as_root::check_as_root;
pub use backup::backup;
pub use entry::{Entry, Owner};
pub use error::FileError;
pub use folder::{Folder, is_root};
pub use locked::Replaced;
pub use new_file::NewFile;
pub use place::Place;
pub(crate) use private::make_private;
pub use restore::{Ready, Restored, prepare_restore};

use std::path::Path;

/// The suffixes of the files that SQLite keeps beside the database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Returns `true` if both paths are known to lead to the same file.
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
