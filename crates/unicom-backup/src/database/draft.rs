//! `Draft`: a new database file, which SQLite writes by its path.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use unicom_db::files::{Folder, NewFile, Place};

/// The name of the content in a private folder.
const NAME: &str = "draft";

/// A new database file. Its content is written at a path that only trusted users can make lead
/// elsewhere: beside the file's place if that is safe, otherwise in a private folder.
pub(super) struct Draft {
    file: NewFile,
    path: PathBuf,
    /// The private folder.
    folder: Option<TempDir>,
}

impl Draft {
    /// Begins the content of `file`. A private folder is created in `near` or in the system's
    /// folder of temporary files.
    pub(super) fn new(file: NewFile, near: Option<&Folder>) -> io::Result<Self> {
        if let Some(path) = file.part_path() {
            return Ok(Self {
                file,
                path,
                folder: None,
            });
        }
        let folder = private_folder(near)?;
        Ok(Self {
            file,
            path: folder.path().join(NAME),
            folder: Some(folder),
        })
    }

    /// Returns the place that the file will have.
    pub(super) fn place(&self) -> &Place {
        self.file.place()
    }

    /// Returns the path at which the content is written.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file with the content that was written.
    pub(super) fn into_file(mut self) -> io::Result<NewFile> {
        if self.folder.is_some() {
            io::copy(&mut File::open(&self.path)?, &mut self.file)?;
        }
        Ok(self.file)
    }
}

/// Creates a folder that only the user of this process can enter. It is in `near` if that is
/// writable and safe by its path, otherwise in the system's folder of temporary files.
pub(super) fn private_folder(near: Option<&Folder>) -> io::Result<TempDir> {
    if let Some(near) = near.filter(|near| near.is_safe_by_path()) {
        let mut builder = tempfile::Builder::new();
        if let Ok(folder) = builder.prefix(".unicom.").tempdir_in(near.path()) {
            return Ok(folder);
        }
    }
    TempDir::new()
}
