//! What folders hold, and to whom it belongs.

use std::io;
use std::path::Path;

/// What a folder has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A regular file of this length in bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A symbolic link, which nothing here follows.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// A user and a group to whom a file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Owner {
    pub(super) fn new(uid: u32, gid: u32) -> Self {
        Self { uid, gid }
    }
}

/// Returns the error that says why what is at `path` is not used.
pub(super) fn refused(path: &Path, reason: &str) -> io::Error {
    let text = format!("`{}` {reason}", path.display());
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}
