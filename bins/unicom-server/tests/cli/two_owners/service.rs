//! `Service`: the folder of a service with another user than root.

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown, symlink};
use std::path::{Path, PathBuf};

use crate::backup::names_in;
use crate::workspace::{Run, Workspace, skip_without_root};

/// The user of the service: `nobody` on most systems.
pub const SERVICE: u32 = 65534;

pub const KEY: &str = "a key that an operator may write, and no other";

/// A text that only root may read. It would be accepted as a key.
pub const SECRET: &str = "root:$y$j9T$only.root.may.read.this$:20000:0:99999:7:::";

/// Number of times a race is attempted.
pub const ROUNDS: usize = 12;

/// The folder of a service, which belongs to the service's user, in a folder of root.
pub struct Service {
    pub home: Workspace,
}

impl Service {
    /// Creates the folder with a database, a key and two files. Returns `None` if this is not root.
    pub fn new() -> Option<Self> {
        let home = Workspace::with_url("sqlite://service/unicom.db");
        if home.path().metadata().unwrap().uid() != 0 {
            skip_without_root("only root can make files of another user");
            return None;
        }
        fs::create_dir(home.path().join("service")).unwrap();
        home.echo_channel();
        let service = Self { home };
        fs::create_dir_all(service.path("unicom-data/media/messages")).unwrap();
        fs::write(service.path("unicom-data/unicom.key"), KEY).unwrap();
        fs::write(service.path("unicom-data/media/messages/1.png"), "one").unwrap();
        fs::write(service.path("unicom-data/media/messages/2.png"), "two").unwrap();
        service.home.write("secret", SECRET);
        fs::create_dir(service.home.path().join("secrets")).unwrap();
        service.home.write("secrets/1.png", SECRET);
        service.give(&service.path(""));
        Some(service)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("service").join(name)
    }

    /// Returns a path that only root may change.
    pub fn roots(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Gives `path` and everything below it to the service's user.
    pub fn give(&self, path: &Path) {
        lchown(path, Some(SERVICE), Some(SERVICE)).unwrap();
        if path.symlink_metadata().unwrap().is_dir() {
            for entry in path.read_dir().unwrap() {
                self.give(&entry.unwrap().path());
            }
        }
    }

    /// Replaces `name` with a symbolic link that belongs to the service's user.
    pub fn link(&self, name: &str, to: &Path) {
        let path = self.path(name);
        if path.is_dir() && !path.is_symlink() {
            fs::rename(&path, path.with_extension("away")).unwrap();
        } else {
            let _ = fs::remove_file(&path);
        }
        symlink(to, &path).unwrap();
        self.give(&path);
    }

    /// Removes the link again.
    pub fn unlink(&self, name: &str) {
        let path = self.path(name);
        fs::remove_file(&path).unwrap();
        let away = path.with_extension("away");
        if away.exists() {
            fs::rename(away, path).unwrap();
        }
    }

    pub fn backup(&self) -> Run {
        self.home
            .run(&["backup", "b.db", "--force", "--files", "kept"])
    }

    pub fn restore(&self) -> Run {
        self.home
            .run(&["restore", "b.db", "--force", "--files", "kept"])
    }

    /// Asserts that root's files are unchanged and that their text is nowhere in the service's
    /// folder.
    #[track_caller]
    pub fn assert_secrets_are_kept(&self, why: &str) {
        for name in ["secret", "secrets", "secrets/1.png"] {
            let data = self.roots(name).metadata().unwrap();
            assert_eq!(data.uid(), 0, "{why}: {name}");
            assert_eq!(data.mode() & 0o777 & !0o755, 0, "{why}: {name}");
        }
        assert_eq!(names_in(&self.roots("secrets")), ["1.png"], "{why}");
        for name in ["secret", "secrets/1.png"] {
            assert_eq!(
                fs::read_to_string(self.roots(name)).unwrap(),
                SECRET,
                "{why}: {name}"
            );
        }
        assert_text_is_not_in(&self.path(""), why);
    }
}

/// Asserts that no file below the folder contains root's secret.
#[track_caller]
pub fn assert_text_is_not_in(folder: &Path, why: &str) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap();
        if kind.is_dir() {
            assert_text_is_not_in(&path, why);
        } else if kind.is_file() && kind.nlink() == 1 {
            let content = fs::read(&path).unwrap();
            let found = content
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes());
            assert!(!found, "{why}: {}", path.display());
        }
    }
}
