//! `Folder` on systems other than Unix: a folder by its path. Files have no owner that could be
//! another user's there.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::entry::{Entry, Owner, refused};

/// A folder, and access to what is in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or what else the operating system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        if path.metadata()?.is_dir() {
            Ok(Self { path })
        } else {
            Err(refused(&path, "is no folder"))
        }
    }

    /// Opens the folder at `path`, and creates it and those above it if they are missing.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Self::open(path)
    }

    /// Opens this very folder once more.
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
    /// [`io::ErrorKind::NotFound`], or what else the operating system says.
    pub fn folder(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.path.join(name))
    }

    /// Opens a folder in this one, and creates it if it is missing.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn folder_or_create(&self, name: &OsStr) -> io::Result<Self> {
        Self::create(&self.path.join(name))
    }

    /// Opens a file in this folder for reading.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or what else the operating system says.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let file = File::open(self.path.join(name))?;
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(refused(&self.path.join(name), "is no regular file"))
        }
    }

    /// Returns what this folder has under `name`; `None` if there is nothing.
    ///
    /// # Errors
    /// What the operating system says.
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

    /// Refuses: every folder is safe by its path on this system, so that SQLite locks its files.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub(super) fn lock_file(&self, _name: &OsStr) -> io::Result<Option<File>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Returns the owner of the file `name`, and who may read and write it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or what else the operating system says.
    pub(super) fn owner_and_mode(&self, name: &OsStr) -> io::Result<(Owner, Permissions)> {
        let data = self.path.join(name).metadata()?;
        Ok((Owner::new(0, 0), data.permissions()))
    }

    /// Makes sure that what this folder has under `name`, if anything, is a file that
    /// [`open_file`](Self::open_file) would open.
    ///
    /// # Errors
    /// Why it would not.
    pub fn expect_file_or_nothing(&self, name: &OsStr) -> io::Result<()> {
        match self.open_file(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            opened => opened.map(drop),
        }
    }

    /// Returns the names of what is in this folder, in any order.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>> + use<>> {
        Ok(fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())))
    }

    /// Creates a file in this folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`], or what else the operating system says.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create_new(true);
        options.open(self.path.join(name))
    }

    /// Returns `true` if this folder has a file under `name`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn has(&self, name: &OsStr, _file: &File) -> io::Result<bool> {
        Ok(matches!(self.entry(name)?, Some(Entry::File(_))))
    }

    /// Gives what this folder has under `from` the name `to`, in place of what has it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    /// Gives what this folder has under `from` a second name, which must not be taken.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`], or what else the operating system says.
    pub fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.path.join(from), self.path.join(to))
    }

    /// Removes a file from this folder.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// Removes an empty folder from this folder.
    ///
    /// # Errors
    /// What the operating system says.
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

    /// Returns the owner, who is the same for every file on this system.
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

/// A path on the way to its end.
pub(super) struct Walk {
    path: PathBuf,
}

impl Walk {
    pub(super) fn along(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize().or_else(|_| std::path::absolute(path))?;
        Ok(Self { path })
    }

    /// Returns the folder of the file at the path's end, and the file's name.
    pub(super) fn into_file(self) -> io::Result<(Folder, OsString)> {
        match (self.path.parent(), self.path.file_name()) {
            (Some(folder), Some(name)) => Ok((Folder::open(folder)?, name.to_owned())),
            _ => Err(refused(&self.path, "is a folder and no file")),
        }
    }
}
