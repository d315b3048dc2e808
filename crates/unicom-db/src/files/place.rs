//! `Place`: a file's folder and name.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::Folder;
use super::folder::Walk;

/// A file identified by its folder, which is held open, and its name. The file may be missing.
#[derive(Debug)]
pub struct Place {
    /// The folder that contains the file.
    pub folder: Folder,
    /// The file's name.
    pub name: OsString,
}

impl Place {
    /// Returns the place of the file at `path`, whose folder must exist. Links that trusted users
    /// created are followed, see [`Folder`].
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder does not exist, or the reason why it cannot or
    /// must not be opened.
    pub fn of(path: &Path) -> io::Result<Self> {
        let (folder, name) = Walk::along(path)?.into_file()?;
        Ok(Self { folder, name })
    }

    /// Opens the file for reading, as [`Folder::open_file`] does.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the file does not exist, or the reason why it cannot or must
    /// not be opened.
    pub fn open(&self) -> io::Result<File> {
        self.folder.open_file(&self.name)
    }

    /// Returns the file's path without links.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Returns the file's name with `suffix` appended.
    pub fn name_with(&self, suffix: &str) -> OsString {
        let mut name = self.name.clone();
        name.push(suffix);
        name
    }
}
