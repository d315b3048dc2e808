//! The cluster's folder, which is private to the user who runs PostgreSQL.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};

/// Linux's file system in memory. Each test creates and deletes hundreds of files, which takes a
/// file system on a disk longer than everything else that PostgreSQL does in the tests.
const MEMORY: &str = "/dev/shm";

/// The free space in bytes that a cluster needs: several times as much as the largest test uses.
const ROOM: u64 = 4 << 30;

/// The user who runs PostgreSQL, and the folder of the cluster.
pub(super) struct Service {
    /// The user and group to become. `None` for the user who runs the tests.
    pub become_user: Option<(u32, u32)>,
    pub folder: PathBuf,
}

/// Returns who runs PostgreSQL: the user who runs the tests or, instead of root, `postgres` or
/// `nobody`.
pub(super) fn service() -> Result<Service, String> {
    let me = current_user().map_err(|error| format!("cannot write temporary files: {error}"))?;
    let (become_user, parent) = if me == 0 {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let user = passwd_entry(&passwd, "postgres").or_else(|| passwd_entry(&passwd, "nobody"));
        let why = "root cannot run it, and there is neither a user `postgres` nor `nobody`";
        // Not TMPDIR, which may be inaccessible to that user if it is root's.
        (Some(user.ok_or(why)?), PathBuf::from("/tmp"))
    } else {
        (None, std::env::temp_dir())
    };
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    let name = format!("unicom-test-pg-{me}-{:016x}", hasher.finish());
    let in_memory = Path::new(MEMORY).join(&name);
    let folder = if in_memory.exists() || has_room(Path::new(MEMORY)) {
        in_memory
    } else {
        parent.join(name)
    };
    Ok(Service {
        become_user,
        folder,
    })
}

/// Returns `true` if the file system of `folder` has room for a cluster.
fn has_room(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|found| found.f_bavail * found.f_frsize >= ROOM)
}

/// Returns the owner of a new file, since std has no other way to get the current user.
fn current_user() -> io::Result<u32> {
    Ok(tempfile::tempfile()?.metadata()?.uid())
}

/// Returns the ids of a user and its group.
fn passwd_entry(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        match fields[..] {
            [found, _, user, group, ..] if found == name => {
                Some((user.parse().ok()?, group.parse().ok()?))
            }
            _ => None,
        }
    })
}

/// Creates the folder. If it exists, checks that it is ours, since its name can be guessed.
pub(super) fn make_folder(service: &Service) -> io::Result<()> {
    let folder = &service.folder;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        other => other?,
    }
    let Some(found) = unless_missing(fs::symlink_metadata(folder))? else {
        return Ok(());
    };
    let me = current_user()?;
    let user = service.become_user.map_or(me, |(user, _)| user);
    if !found.is_dir() || ![me, user].contains(&found.uid()) || found.mode() & 0o077 != 0 {
        return Err(io::Error::other(
            "not a private folder of this user; remove it",
        ));
    }
    give(service, folder)
}

/// Opens a lock file. Returns `None` if the folder has just been moved away.
pub(super) fn open_lock(service: &Service, name: &str) -> io::Result<Option<File>> {
    let path = service.folder.join(name);
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let Some(file) = unless_missing(file)? else {
        return Ok(None);
    };
    give(service, &path)?;
    Ok(Some(file))
}

fn give(service: &Service, path: &Path) -> io::Result<()> {
    if let Some((user, group)) = service.become_user {
        unless_missing(chown(path, Some(user), Some(group)))?;
    }
    Ok(())
}

/// Returns `None` if the file does not exist.
pub(super) fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_is_found_by_exact_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:7::/:\npostgres:x:101:104:,,,:/:";
        assert_eq!(passwd_entry(passwd, "postgres"), Some((101, 104)));
        assert_eq!(passwd_entry(passwd, "nobody"), None);
    }
}
