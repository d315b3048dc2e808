//! What a backup has copied beside the database.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Failure;

/// What was copied.
#[derive(Debug, Default, Serialize)]
pub(super) struct Copied {
    pub copied: u64,
    /// Not copied, since they were there.
    pub there: u64,
    /// Where the key is now that another one took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_key: Option<PathBuf>,
}

pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::Failed(format!("`{}`: {error}", path.display()))
}
