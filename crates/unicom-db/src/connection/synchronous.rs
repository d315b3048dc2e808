//! Durability of commits on SQLite.

/// When SQLite flushes its writes to disk. PostgreSQL has its own setting, `synchronous_commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// At every commit: an acknowledged write survives a power cut. The default.
    #[default]
    Full,
    /// At checkpoints only: an acknowledged write survives a crash of the process, but not a power
    /// cut.
    Normal,
}

impl Synchronous {
    pub(crate) fn pragma(self) -> &'static str {
        match self {
            Self::Full => "PRAGMA synchronous = FULL;",
            Self::Normal => "PRAGMA synchronous = NORMAL;",
        }
    }
}
