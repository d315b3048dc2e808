//! `make_private`: creates a new database that only its owner can read.

use std::path::Path;

use super::Place;

/// Creates the SQLite database at `path`, if it is missing, as an empty file that only its owner
/// can read and write. The owner is that of the folder, even if root creates the file.
///
/// SQLite gives the files beside the database the same mode; without this, all users could read
/// them. An existing file keeps its mode. Errors are ignored: SQLite then reports why it cannot
/// open the file.
pub(crate) fn make_private(path: &Path) {
    let Ok(place) = Place::of(path) else {
        return;
    };
    if let (Ok(file), Ok(owner)) = (place.folder.create_file(&place.name), place.folder.owner()) {
        let _ = owner.take(&file);
    }
}
