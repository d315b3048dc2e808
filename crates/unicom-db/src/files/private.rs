//! `make_private`: a database that is new is nobody else's.

use std::fs::OpenOptions;
use std::path::Path;

/// Makes the SQLite database at `path`, where there is none, as an empty file that only its owner may read and write. SQLite
/// gives the files beside it the same mode; alone, it would let everybody read them. What is there keeps its mode.
///
/// A failure is left to SQLite, which then says why it cannot open the file.
pub(crate) fn make_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}
