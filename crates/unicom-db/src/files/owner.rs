//! Whose a file is.

use std::io;
use std::path::Path;

/// Gives `path` to whom `like` belongs to: the server may run as another user than whoever puts its files back. Only root
/// may do that; for anybody else it does nothing.
///
/// # Errors
/// Where one of them is not there.
#[cfg(unix)]
pub fn give_to_owner_of(like: &Path, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let (like, own) = (std::fs::metadata(like)?, std::fs::metadata(path)?);
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        let _ = chown(path, Some(like.uid()), Some(like.gid()));
    }
    Ok(())
}

/// Nothing, on this system.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn give_to_owner_of(_like: &Path, _path: &Path) -> io::Result<()> {
    Ok(())
}
