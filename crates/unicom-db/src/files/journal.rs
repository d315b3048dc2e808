//! The files that SQLite keeps beside a database.

use std::path::Path;

use super::{Entry, FileError, Place};

/// The suffixes of the files that SQLite keeps beside a database.
pub const BESIDE_DATABASE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Checks that no journal is beside the database at `place`. An empty one is fine. Errors call the
/// database `path`.
///
/// SQLite plays a journal back when it opens the database for writing. A journal may name any file
/// on the machine, which SQLite then deletes.
///
/// # Errors
/// [`FileError::Unfinished`] if there is a journal, or [`FileError::Io`].
pub fn expect_no_journal(place: &Place, path: &Path) -> Result<(), FileError> {
    let journal = place.folder.entry(&place.name_with("-journal"));
    match journal.map_err(FileError::io(path))? {
        None | Some(Entry::File(0)) => Ok(()),
        Some(_) => Err(FileError::Unfinished {
            path: path.to_owned(),
        }),
    }
}
