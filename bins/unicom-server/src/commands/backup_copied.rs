//! The summary of what a backup or a restore has copied besides the database.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Failure;

/// What was copied, and what was not.
#[derive(Debug, Default, Serialize)]
pub(super) struct Copied {
    pub copied: u64,
    /// The number of files that were not copied because they already existed.
    pub there: u64,
    /// The path at which the former key is kept, if another key replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_key: Option<PathBuf>,
}

pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::Failed(format!("`{}`: {error}", path.display()))
}
