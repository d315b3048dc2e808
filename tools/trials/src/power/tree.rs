//! Files and folders below a root, in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The entries by their paths from the root, folders before their contents. A folder has no
/// content.
pub type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// Returns `true` for SQLite's shared-memory file, which SQLite recreates after a crash.
pub fn is_shared_memory(path: &Path) -> bool {
    path.to_string_lossy().ends_with("-shm")
}

/// Reads everything below `root` except shared-memory files.
///
/// Also returns the inode numbers. That of the root has the path "".
pub fn read(root: &Path) -> io::Result<(Tree, BTreeMap<PathBuf, u64>)> {
    let mut tree = Tree::new();
    let mut numbers = BTreeMap::from([(PathBuf::new(), fs::metadata(root)?.ino())]);
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if is_shared_memory(&path) {
                continue;
            }
            numbers.insert(path.clone(), entry.metadata()?.ino());
            if entry.file_type()?.is_dir() {
                tree.insert(path.clone(), None);
                folders.push(path);
            } else {
                tree.insert(path, Some(fs::read(entry.path())?));
            }
        }
    }
    Ok((tree, numbers))
}

/// Makes `root` hold exactly `tree`. Existing files keep their mode; new ones are accessible only
/// to this user.
pub fn write(root: &Path, tree: &Tree) -> io::Result<()> {
    fs::create_dir_all(root)?;
    let (found, _) = read(root)?;
    // Remove the deepest entries first.
    for (path, content) in found.iter().rev() {
        if tree.contains_key(path) {
            continue;
        }
        match content {
            Some(_) => fs::remove_file(root.join(path))?,
            None => fs::remove_dir(root.join(path))?,
        }
    }
    remove_shared_memory(root)?;
    for (path, content) in tree {
        let place = root.join(path);
        match content {
            Some(content) if found.get(path) != Some(&Some(content.clone())) => {
                let is_new = !found.contains_key(path);
                fs::write(&place, content)?;
                if is_new {
                    set_mode(&place, 0o600)?;
                }
            }
            None if !found.contains_key(path) => {
                fs::create_dir(&place)?;
                set_mode(&place, 0o700)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn remove_shared_memory(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if is_shared_memory(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_replaces_the_folder_content() {
        let root = tempfile::tempdir().unwrap();
        let tree = |paths: &[(&str, Option<&str>)]| -> Tree {
            let entry = |(path, content): &(&str, Option<&str>)| {
                (path.into(), content.map(|text| text.as_bytes().to_vec()))
            };
            paths.iter().map(entry).collect()
        };
        let before = tree(&[
            ("a", None),
            ("a/x", Some("1")),
            ("a/y", Some("2")),
            ("b", Some("3")),
        ]);
        write(root.path(), &before).unwrap();
        fs::write(root.path().join("b-shm"), "shared").unwrap();
        assert_eq!(read(root.path()).unwrap().0, before);
        let after = tree(&[
            ("a", None),
            ("a/y", Some("22")),
            ("c", None),
            ("c/z", Some("")),
        ]);
        write(root.path(), &after).unwrap();
        let (found, numbers) = read(root.path()).unwrap();
        assert_eq!(found, after);
        assert_eq!(numbers.len(), 5);
        assert!(!root.path().join("b-shm").exists());
    }
}
