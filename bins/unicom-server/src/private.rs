//! Whose files are, and who else may read and change them.

use std::path::Path;

use crate::Failure;

/// What the system says of a file or folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rights {
    /// The user whose it is, by number.
    pub owner: u32,
    /// Its mode, such as `0o640`.
    pub mode: u32,
}

impl Rights {
    /// Returns the rights of a file or folder; none if it is not there, or the system has no such rights.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = path.metadata().ok()?;
        Some(Self {
            owner: metadata.uid(),
            mode: metadata.mode() & 0o777,
        })
    }

    /// Returns none: this system has no such rights.
    #[cfg(not(unix))]
    pub fn of(_path: &Path) -> Option<Self> {
        None
    }

    /// Whether users other than the owner, of the same group or not, may read it.
    pub fn others_may_read(self) -> bool {
        self.mode & 0o044 != 0
    }

    /// Whether users other than the owner, of the same group or not, may change it.
    pub fn others_may_write(self) -> bool {
        self.mode & 0o022 != 0
    }
}

/// Returns the user that this process acts for, by number; none on systems without such numbers.
pub(crate) fn user() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    return None;
}

/// Refuses a file of settings that has a secret and that every user of the machine may read or change.
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
