//! `Weakness`: a setting that weakens the server.

/// A setting that weakens the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weakness {
    /// A stable id, for programs.
    pub id: &'static str,
    /// The setting that weakens the server, or that leads to the affected file.
    pub what: &'static str,
    /// The consequence, and how to end it.
    pub detail: String,
}
