//! The search for PostgreSQL's programs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Returns the folder of PostgreSQL's programs: on `PATH`, otherwise the newest in the folders of
/// common packages.
pub(super) fn programs() -> Option<PathBuf> {
    on_path()
        .chain(versions("/usr/lib/postgresql", "", "bin"))
        .chain(versions("/usr", "pgsql-", "bin"))
        .chain(versions("/opt/homebrew/opt", "postgresql", "bin"))
        .chain(versions("/usr/local/opt", "postgresql", "bin"))
        .find(|folder| is_program(&folder.join("initdb")) && is_program(&folder.join("postgres")))
}

/// Returns the command that locks a file and runs another command, or fails immediately.
pub(super) fn try_lock_command() -> Option<&'static str> {
    [("flock", "flock -n"), ("lockf", "lockf -k -s -t 0")]
        .into_iter()
        .find(|(program, _)| on_path().any(|folder| is_program(&folder.join(program))))
        .map(|(_, command)| command)
}

fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path)
        .filter(|p| p.is_absolute())
        .collect();
    folders.into_iter()
}

/// Returns the folders `parent/{prefix}*/inside`, the highest version first.
fn versions(parent: &str, prefix: &str, inside: &str) -> impl Iterator<Item = PathBuf> {
    let mut found: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            let numbers = version.split(|c: char| !c.is_ascii_digit());
            Some((
                numbers.filter_map(|n| n.parse().ok()).collect(),
                entry.path().join(inside),
            ))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder)
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highest_version_comes_first() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["postgresql@9", "postgresql@16", "postgresql", "redis"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let found: Vec<_> =
            versions(parent.path().to_str().unwrap(), "postgresql", "bin").collect();
        let expected = ["postgresql@16/bin", "postgresql@9/bin", "postgresql/bin"];
        assert_eq!(found, expected.map(|name| parent.path().join(name)));
    }
}
