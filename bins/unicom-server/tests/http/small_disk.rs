//! `SmallDisk`: a small file system for one test, which fills up quickly.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in memory, mounted on a folder until it is dropped.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts a file system of this many KiB on an existing folder. Returns `None` if this is not
    /// permitted, after printing `skipped: …`.
    pub fn on(folder: &Path, kib: usize) -> Option<Self> {
        let options = format!("size={kib}k,mode=700");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder);
        match mount.output() {
            Ok(done) if done.status.success() => Some(Self(folder.to_owned())),
            Ok(done) => {
                skip(String::from_utf8_lossy(&done.stderr).trim());
                None
            }
            Err(why) => {
                skip(&why.to_string());
                None
            }
        }
    }

    /// Makes the file system refuse all further writes.
    pub fn make_read_only(&self) {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,ro"]).arg(&self.0);
        assert!(mount.status().unwrap().success());
    }
}

/// Prints that a test is skipped. With `UNICOM_TEST_REQUIRE_MOUNT=1` it fails instead.
fn skip(why: &str) {
    let is_required = std::env::var("UNICOM_TEST_REQUIRE_MOUNT").is_ok_and(|value| value == "1");
    assert!(!is_required, "no file system can be mounted: {why}");
    println!("skipped: no file system can be mounted: {why}");
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, since a server may still have files open.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
