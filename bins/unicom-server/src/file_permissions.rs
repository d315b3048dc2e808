//! The owners and permissions of files.

use std::path::Path;

use crate::Failure;

/// The owner and mode of a file or folder, as the system reports them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rights {
    /// The id of the owner.
    pub owner: u32,
    /// The mode, such as `0o640`.
    pub mode: u32,
}

impl Rights {
    /// Returns the rights of a file or folder. Returns `None` if it does not exist, or if the
    /// system has no such rights.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = path.metadata().ok()?;
        Some(Self {
            owner: metadata.uid(),
            mode: metadata.mode() & 0o777,
        })
    }

    /// Returns `None`, because this system has no such rights.
    #[cfg(not(unix))]
    pub fn of(_path: &Path) -> Option<Self> {
        None
    }

    /// Returns `true` if users other than the owner, in its group or not, may read it.
    pub fn others_may_read(self) -> bool {
        self.mode & 0o044 != 0
    }

    /// Returns `true` if users other than the owner, in its group or not, may change it.
    pub fn others_may_write(self) -> bool {
        self.mode & 0o022 != 0
    }
}

/// Returns the id of the user that this process runs as. Returns `None` on systems without user
/// ids.
pub(crate) fn user() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    return None;
}

/// Refuses a settings file with a secret if all users of the machine may read or change it.
pub(crate) fn refuse_if_public(path: &Path, setting: &str) -> Result<(), Failure> {
    match Rights::of(path) {
        Some(rights) if rights.mode & 0o006 != 0 => Err(Failure::Usage(format!(
            "`{}` has `{setting}`, and every user of the machine may read or change it (mode {:o}): `chmod 600` ends that; \
             a key that others may have read is best replaced",
            path.display(),
            rights.mode
        ))),
        _ => Ok(()),
    }
}
