//! `NewFile`: a file that is there when it is whole, and not before.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::FileError;

/// A file that appears under its name when it is whole and on the disk. Until then it stands beside its place, under a name
/// that begins with `.` and ends in `.part`; a process that is killed leaves it there.
///
/// Its mode is 600: it holds what people wrote, and hashes of their passwords.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    replace: bool,
    part: NamedTempFile,
}

impl NewFile {
    /// Begins the file `path`; with `replace`, one that is there is replaced in the end.
    ///
    /// # Errors
    /// [`FileError::Exists`] without `replace`, [`FileError::Io`].
    pub fn create(path: &Path, replace: bool) -> Result<Self, FileError> {
        if !replace && path.symlink_metadata().is_ok() {
            return Err(FileError::Exists {
                path: path.to_owned(),
            });
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let part = Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".part")
            .tempfile_in(folder_of(path))
            .map_err(FileError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            replace,
            part,
        })
    }

    /// Where it stands until it is whole.
    pub fn part(&self) -> &Path {
        self.part.path()
    }

    /// Puts it in its place. The length in bytes.
    ///
    /// # Errors
    /// [`FileError::Exists`] where somebody else made it meanwhile, [`FileError::Io`].
    pub fn finish(self) -> Result<u64, FileError> {
        let failed = FileError::io(&self.path);
        let file = self.part.as_file();
        file.sync_all().map_err(&failed)?;
        let length = file.metadata().map_err(&failed)?.len();
        let placed = match self.replace {
            true => self.part.persist(&self.path),
            false => self.part.persist_noclobber(&self.path),
        };
        placed.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists {
                path: self.path.clone(),
            },
            _ => failed(error.error),
        })?;
        sync_folder_of(&self.path).map_err(&failed)?;
        Ok(length)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.part.flush()
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a file's name survive a loss of power, where the system can.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}
