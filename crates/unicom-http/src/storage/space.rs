//! `Space`: what is free of a file system.

use std::path::Path;

/// What is free of a file system, for a process without privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that are free; 0 if no further file can be created.
    pub free_bytes: u64,
    /// Whether it takes no writes at all.
    pub is_read_only: bool,
}

/// Returns the space of the file system that `path` is on, if the system tells it. Blocks.
#[cfg(unix)]
pub(super) fn space_of(path: &Path) -> Option<Space> {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let found = statvfs(path).ok()?;
    // Some file systems do not count the files that they can have.
    let has_files = found.f_files == 0 || found.f_favail > 0;
    Some(Space {
        free_bytes: if has_files {
            found.f_bavail.saturating_mul(found.f_frsize)
        } else {
            0
        },
        is_read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
    })
}

#[cfg(not(unix))]
pub(super) fn space_of(_: &Path) -> Option<Space> {
    None
}
