//! Safe access to files in folders that another user may change.

mod as_root;
mod entry;
mod error;
#[cfg_attr(not(unix), path = "folder_by_path.rs")]
mod folder;
mod journal;
mod new_file;
mod place;
mod private;

pub use as_root::check_as_root;
pub use entry::{Entry, Owner};
pub use error::FileError;
pub use folder::{Folder, is_root};
pub use journal::{BESIDE_DATABASE, expect_no_journal};
pub use new_file::NewFile;
pub use place::Place;
pub(crate) use private::make_private;

use std::fs::File;
use std::io;
use std::path::Path;

/// Returns `true` if both paths are known to lead to the same file.
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Returns `true` if both open files belong to the same user.
///
/// # Errors
/// Errors of the operating system about the file handles.
pub fn same_owner(one: &File, other: &File) -> io::Result<bool> {
    Ok(Owner::of(one)?.uid == Owner::of(other)?.uid)
}
