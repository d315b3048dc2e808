//! `Weakness`: a setting that weakens the server.

/// A setting that weakens the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weakness {
    /// What it is, for programs: stable.
    pub id: &'static str,
    /// The setting, or what it says where to find.
    pub what: &'static str,
    /// What it leads to, and what ends it.
    pub detail: String,
}
