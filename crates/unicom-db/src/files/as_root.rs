//! `check_as_root`: checks that root runs before it opens files of a service by name.

use std::io;
use std::path::Path;

use super::journal::{BESIDE_DATABASE, expect_no_journal};
use super::{Folder, Place, is_root};

/// Checks the given paths if this process runs as root. Missing files and folders are fine.
///
/// No link of another user may lead away from the SQLite `database`, the `files` and the `folders`.
/// In a folder of another user, each must belong to that user, and no journal may be beside the
/// database: it may name any file, which SQLite would delete.
///
/// The paths are checked once, so the owner of a folder can still change it afterwards. What is
/// opened below a [`Folder`] is safe from that, too.
///
/// # Errors
/// An error that names the link, the journal, or the file or folder that belongs to another user.
pub fn check_as_root(
    database: Option<&Path>,
    files: &[&Path],
    folders: &[&Path],
) -> io::Result<()> {
    if !is_root() {
        return Ok(());
    }
    for path in database.into_iter().chain(files.iter().copied()) {
        or_missing(Place::of(path).and_then(|place| {
            place.folder.expect_file_or_nothing(&place.name)?;
            if database == Some(path) {
                for suffix in BESIDE_DATABASE {
                    place
                        .folder
                        .expect_file_or_nothing(&place.name_with(suffix))?;
                }
                if !place.folder.is_safe_by_path() {
                    expect_no_journal(&place, path).map_err(|error| {
                        io::Error::new(io::ErrorKind::PermissionDenied, error.to_string())
                    })?;
                }
            }
            Ok(())
        }))?;
    }
    for path in folders {
        or_missing(Folder::open(path).map(drop))?;
    }
    Ok(())
}

fn or_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
