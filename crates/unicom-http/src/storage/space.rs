//! `Space`: the free space of a file system.

use std::path::Path;

/// The free space of a file system, as available to an unprivileged process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Free bytes; 0 if no further file can be created.
    pub free_bytes: u64,
    /// Whether the file system is mounted read-only.
    pub is_read_only: bool,
}

/// Returns the space of the file system that `path` is on, or `None` if the system does not report
/// it. Blocks.
#[cfg(unix)]
pub(super) fn space_of(path: &Path) -> Option<Space> {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let found = statvfs(path).ok()?;
    // Some file systems do not limit or count files.
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
