//! `UploadFolder`: the folder for files that are being received and checked, and the cleanup after
//! a crash.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use unicom_models::Id;

/// The folder for files that are being received. Each file is deleted when its request ends,
/// however it ends.
///
/// Cheap to clone. By default it is the system's folder for temporary files. A process that is
/// killed leaves unfinished files there, for the system to clear.
#[derive(Debug, Clone, Default)]
pub struct UploadFolder(Option<Arc<Own>>);

impl UploadFolder {
    /// Creates a folder for this process within `dir`. Missing folders are created with mode 700.
    ///
    /// The folder is deleted with the last clone of this value. This call also deletes the folders
    /// of processes that were killed or ended without deleting them: each process holds a lock on a
    /// file beside its folder, which the system releases when the process ends. Several processes
    /// may share `dir`. Blocks.
    ///
    /// # Errors
    /// Errors of the file system.
    ///
    /// ```
    /// # let dir = std::env::temp_dir().join(format!("unicom-doc-{}", std::process::id()));
    /// use unicom_http::UploadFolder;
    ///
    /// let uploads = UploadFolder::within(&dir)?;
    /// assert!(uploads.path().unwrap().starts_with(&dir));
    /// # drop(uploads);
    /// # std::fs::remove_dir_all(&dir)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn within(dir: &Path) -> io::Result<Self> {
        private().recursive(true).create(dir)?;
        // While this is held, no other process looks for abandoned folders.
        let turn = locked_file(&dir.join("lock"));
        match &turn {
            Ok(_) => delete_deserted(dir)?,
            Err(error) => log::warn!(
                "what killed processes left in `{}` stays there, for its files cannot be locked: {error}",
                dir.display()
            ),
        }
        let folder = dir.join(Id::new().to_string());
        let lock = folder.with_extension(LOCK);
        let held = locked_file(&lock).ok();
        private().create(&folder)?;
        Ok(Self(Some(Arc::new(Own {
            folder,
            lock,
            _held: held,
        }))))
    }

    /// Returns the path of the folder, or `None` for the system's folder.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref().map(|own| own.folder.as_path())
    }
}

/// The folder of this process.
#[derive(Debug)]
struct Own {
    folder: PathBuf,
    lock: PathBuf,
    /// Locked while it is open.
    _held: Option<File>,
}

impl Drop for Own {
    fn drop(&mut self) {
        // If this fails, the next process deletes the rest.
        let _ = delete(&self.folder, &self.lock);
    }
}

/// The extension of a lock file. Its stem is the name of the folder.
const LOCK: &str = "lock";

/// Deletes the folders that no process has locked.
fn delete_deserted(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let lock = entry?.path();
        if lock.extension().is_none_or(|extension| extension != LOCK) {
            continue;
        }
        let held = File::open(&lock).and_then(|file| Ok(file.try_lock()?));
        if held.is_ok()
            && let Err(error) = delete(&lock.with_extension(""), &lock)
        {
            log::warn!(
                "cannot delete files of a killed process in `{}`: {error}",
                dir.display()
            );
        }
    }
    Ok(())
}

/// Deletes a folder and then its lock file, without which later processes would not find the
/// folder.
fn delete(folder: &Path, lock: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_file(lock),
    }
}

/// Opens a file, creating it if it is missing, and waits until it is locked.
fn locked_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    file.lock()?;
    Ok(file)
}

/// Returns a builder of folders that only this user can access.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
