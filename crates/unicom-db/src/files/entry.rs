//! Entries of folders, and their owners.

use std::io;
use std::path::Path;

/// The kind of an entry in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A regular file of this length in bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A symbolic link, which is never followed here.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// The user and the group that a file belongs to.
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

/// Returns the error for a `path` that is not used, with the reason.
pub(super) fn refused(path: &Path, reason: &str) -> io::Error {
    let text = format!("`{}` {reason}", path.display());
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}
