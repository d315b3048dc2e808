//! `Refusal`: the reasons why there is no room for a file.

/// The reason why there was no room for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A file system has less free space than it must keep.
    FreeSpace,
    /// A file system had no space left while the file was written.
    DiskFull,
    /// The files of all guests have reached their quota.
    GuestsQuota,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::FreeSpace, Self::DiskFull, Self::GuestsQuota];

    /// Returns the name of the reason, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FreeSpace => "free_space",
            Self::DiskFull => "disk_full",
            Self::GuestsQuota => "guests_quota",
        }
    }
}
