//! `UploadFolder`: where files lie while they are received and looked over, and how what a crash leaves there goes.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_multipart::form::tempfile::TempFileConfig;
use unicom_models::Id;

/// Where files lie while they are received. Each goes when its request ends, however that ends.
///
/// Cheap to clone. By default it is the system's folder for temporary files, where a process that is killed leaves what
/// it was receiving, for the system to clear.
#[derive(Debug, Clone, Default)]
pub struct UploadFolder(Option<Arc<Own>>);

impl UploadFolder {
    /// A new folder of this process's own within `dir`, which is created with mode 700 where it is missing.
    ///
    /// The folder goes with the last clone of this. Those of processes that ended without going so far, or were killed,
    /// go now: each process holds a lock on a file beside its folder, which the system takes back when the process ends.
    /// Several processes may share `dir`. Blocks.
    ///
    /// # Errors
    /// Those of the file system.
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
        // Until this is dropped, nobody else looks which folders nobody holds.
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

    /// Where it is; none for the system's.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref().map(|own| own.folder.as_path())
    }

    pub(crate) fn config(&self) -> TempFileConfig {
        let config = TempFileConfig::default();
        match self.path() {
            Some(folder) => config.directory(folder),
            None => config,
        }
    }
}

/// The folder of this process.
#[derive(Debug)]
struct Own {
    folder: PathBuf,
    lock: PathBuf,
    /// Locked for as long as it is open.
    _held: Option<File>,
}

impl Drop for Own {
    fn drop(&mut self) {
        // What stays, the next process finds.
        let _ = delete(&self.folder, &self.lock);
    }
}

/// What the name of a lock ends in, behind the name of its folder.
const LOCK: &str = "lock";

/// Deletes the folders that nobody holds.
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
                "what a killed process left in `{}` stays there: {error}",
                dir.display()
            );
        }
    }
    Ok(())
}

/// Deletes a folder, and then its lock: without that, nobody would find the folder.
fn delete(folder: &Path, lock: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_file(lock),
    }
}

/// Opens a file, made where it is missing, and waits until it is locked.
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

/// Makes folders for this user only.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
