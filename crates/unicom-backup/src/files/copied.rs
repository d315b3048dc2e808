//! `Copied`: the summary of what was copied.

use std::path::PathBuf;

use serde::Serialize;

/// What was copied besides the database, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// The number of files that were copied.
    pub copied: u64,
    /// The number of files that were not copied because they already existed.
    pub there: u64,
    /// The path at which the former key is kept, if another key replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_key: Option<PathBuf>,
}
