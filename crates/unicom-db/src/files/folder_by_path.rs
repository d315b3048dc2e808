//! `Folder` on systems other than Unix: a folder identified by its path. Files there have no owner
//! that could be another user.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::entry::{Entry, Owner, refused};

/// A folder, with access to its entries.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder does not exist, or another error of the operating
    /// system.
    pub fn open(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        if path.metadata()?.is_dir() {
            Ok(Self { path })
        } else {
            Err(refused(&path, "is not a folder"))
        }
    }

    /// Opens the folder at `path`. Creates it and missing folders above it.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Self::open(path)
    }

    /// Opens this very folder again.
    ///
    /// # Errors
    /// None.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self {
            path: self.path.clone(),
        })
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns `true`: files in it may be used by their paths.
    pub fn is_safe_by_path(&self) -> bool {
        true
    }

    /// Opens a folder in this one.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder does not exist, or another error of the operating
    /// system.
    pub fn folder(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.path.join(name))
    }

    /// Opens a folder in this one. Creates it if it is missing.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn folder_or_create(&self, name: &OsStr) -> io::Result<Self> {
        Self::create(&self.path.join(name))
    }

    /// Opens a file in this folder for reading.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the file does not exist, or another error of the operating
    /// system.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let file = File::open(self.path.join(name))?;
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(refused(&self.path.join(name), "is not a regular file"))
        }
    }

    /// Returns the entry `name` of this folder. Returns `None` if there is no entry with this name.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn entry(&self, name: &OsStr) -> io::Result<Option<Entry>> {
        let data = match self.path.join(name).symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            data => data?,
        };
        Ok(Some(if data.is_file() {
            Entry::File(data.len())
        } else if data.is_dir() {
            Entry::Folder
        } else if data.is_symlink() {
            Entry::Link
        } else {
            Entry::Other
        }))
    }

    /// Always fails. Every folder is safe by its path on this system, so SQLite locks the files
    /// itself.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn lock_file(&self, _name: &OsStr) -> io::Result<Option<File>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Returns the owner and the permissions of the file `name`.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the file does not exist, or another error of the operating
    /// system.
    pub(super) fn owner_and_mode(&self, name: &OsStr) -> io::Result<(Owner, Permissions)> {
        let data = self.path.join(name).metadata()?;
        Ok((Owner::new(0, 0), data.permissions()))
    }

    /// Checks that the entry `name`, if it exists, is a file that [`open_file`](Self::open_file)
    /// opens.
    ///
    /// # Errors
    /// The reason why the file cannot be opened.
    pub fn expect_file_or_nothing(&self, name: &OsStr) -> io::Result<()> {
        match self.open_file(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            opened => opened.map(drop),
        }
    }

    /// Returns the names of the entries of this folder, in no particular order.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>> + use<>> {
        Ok(fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())))
    }

    /// Creates a file in this folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if the name is taken, or another error of the operating
    /// system.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create_new(true);
        options.open(self.path.join(name))
    }

    /// Returns `true` if the entry `name` of this folder is a file.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn has(&self, name: &OsStr, _file: &File) -> io::Result<bool> {
        Ok(matches!(self.entry(name)?, Some(Entry::File(_))))
    }

    /// Renames the entry `from` of this folder to `to`. An existing entry with that name is
    /// replaced.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    /// Gives the entry `from` of this folder the second name `to` (a hard link).
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if the name is taken, or another error of the operating
    /// system.
    pub fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.path.join(from), self.path.join(to))
    }

    /// Removes a file from this folder.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// Removes an empty folder from this folder.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.path.join(name))
    }

    /// Does nothing on this system.
    ///
    /// # Errors
    /// None.
    pub fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// Returns the owner, which is the same for all files on this system.
    ///
    /// # Errors
    /// None.
    pub fn owner(&self) -> io::Result<Owner> {
        Ok(Owner::new(0, 0))
    }
}

/// Returns `false`: this system has no root.
pub fn is_root() -> bool {
    false
}

impl Owner {
    pub(super) fn take(self, _file: &File) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn of(_file: &File) -> io::Result<Self> {
        Ok(Self::new(0, 0))
    }
}

/// The path to a file.
pub(super) struct Walk {
    path: PathBuf,
}

impl Walk {
    pub(super) fn along(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize().or_else(|_| std::path::absolute(path))?;
        Ok(Self { path })
    }

    /// Returns the folder of the file at the end of the path, and the file's name.
    pub(super) fn into_file(self) -> io::Result<(Folder, OsString)> {
        match (self.path.parent(), self.path.file_name()) {
            (Some(folder), Some(name)) => Ok((Folder::open(folder)?, name.to_owned())),
            _ => Err(refused(&self.path, "is a folder, not a file")),
        }
    }
}
