//! Names of files beside other files.

use std::path::{Path, PathBuf};

/// Returns the path with `suffix` appended.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns the suffix under which a replaced file is kept: `.before-restore`, and
/// `.before-restore-2` and so on if earlier ones are taken. `number` starts at 1.
pub(crate) fn before_restore(number: u64) -> String {
    match number {
        1 => ".before-restore".to_owned(),
        number => format!(".before-restore-{number}"),
    }
}
