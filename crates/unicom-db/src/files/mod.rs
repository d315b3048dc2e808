//! Copies of SQLite's database file: made while others write, and put back.

mod backup;
mod error;
mod new_file;
mod owner;
mod private;
mod restore;

pub use backup::backup;
pub use error::FileError;
pub use new_file::NewFile;
pub use owner::give_to_owner_of;
pub(crate) use private::make_private;
pub use restore::{Ready, Restored, prepare_restore};

use std::path::Path;

/// What is beside SQLite's files under their name and this.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Whether both name the same file, as far as one can tell.
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
