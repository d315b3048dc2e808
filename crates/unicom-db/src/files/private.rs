//! `make_private`: a database that is new is nobody else's.

use std::path::Path;

use super::Place;

/// Creates the SQLite database at `path`, if it is missing, as an empty file that only its owner may
/// read and write: the owner of its folder, even if root creates it. SQLite gives the files beside
/// it the same mode; alone, it would let all users read them. A file that is there keeps its mode.
///
/// A failure is left to SQLite, which then says why it cannot open the file.
pub(crate) fn make_private(path: &Path) {
    let Ok(place) = Place::of(path) else {
        return;
    };
    if let (Ok(file), Ok(owner)) = (place.folder.create_file(&place.name), place.folder.owner()) {
        let _ = owner.take(&file);
    }
}
