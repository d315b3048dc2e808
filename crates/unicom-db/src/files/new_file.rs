//! `NewFile`: a file that appears under its name only when it is complete.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::entry::refused;
use super::{FileError, Folder, Place};

/// A file that appears under its name when it is complete and on the disk.
///
/// Until then it is beside its place, under a name that begins with `.` and ends in `.part`. A
/// process that is killed leaves it there.
///
/// Its mode is 600: it contains what people wrote, and hashes of their passwords. Owner and mode
/// are changed through the open file and never by name, since in a [`Folder`] of an untrusted user
/// the name may lead to another file at any time.
#[derive(Debug)]
pub struct NewFile {
    place: Place,
    replace: bool,
    file: File,
    part: OsString,
    is_placed: bool,
}

impl NewFile {
    /// Begins the file `path`. With `replace`, [`finish`](Self::finish) replaces an existing file.
    ///
    /// # Errors
    /// [`FileError::Exists`] if the file exists and `replace` is not set, or [`FileError::Io`].
    pub fn create(path: &Path, replace: bool) -> Result<Self, FileError> {
        let place = Place::of(path).map_err(FileError::io(path))?;
        Self::begin(place, replace, path)
    }

    /// Begins a file in `folder`, as [`create`](Self::create) does. It gets the folder's owner.
    ///
    /// # Errors
    /// [`FileError::Exists`] if the file exists and `replace` is not set, or [`FileError::Io`].
    pub fn create_in(folder: &Folder, name: &OsStr, replace: bool) -> Result<Self, FileError> {
        let path = folder.path().join(name);
        let failed = FileError::io(&path);
        let place = Place {
            folder: folder.again().map_err(&failed)?,
            name: name.to_owned(),
        };
        let new = Self::begin(place, replace, &path)?;
        let owner = folder.owner().map_err(&failed)?;
        owner.take(&new.file).map_err(&failed)?;
        Ok(new)
    }

    /// Begins the file at `place`, as [`create`](Self::create) does. Errors call it `path`.
    ///
    /// # Errors
    /// [`FileError::Exists`] if the file exists and `replace` is not set, or [`FileError::Io`].
    pub fn begin(place: Place, replace: bool, path: &Path) -> Result<Self, FileError> {
        let failed = FileError::io(path);
        let there = place.folder.entry(&place.name).map_err(&failed)?;
        if !replace && there.is_some() {
            return Err(FileError::Exists {
                path: path.to_owned(),
            });
        }
        let (file, part) = create_part(&place).map_err(failed)?;
        Ok(Self {
            place,
            replace,
            file,
            part,
            is_placed: false,
        })
    }

    /// Returns the place that the file will have.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the path of the unfinished file, for a program that writes a file by its path.
    /// Returns `None` if a user who is not trusted could make this path lead elsewhere.
    pub fn part_path(&self) -> Option<PathBuf> {
        let folder = &self.place.folder;
        let is_safe = folder.is_safe_by_path();
        is_safe.then(|| folder.path().join(&self.part))
    }

    /// Gives the file the owner and the mode of the existing file at its place. If there is none,
    /// it gets the owner of the folder, and no other user can read it.
    ///
    /// The existing file is not opened, since closing it would end this process's locks on it.
    ///
    /// # Errors
    /// The reason why the existing file must not be replaced, or errors of the operating system.
    pub fn take_owner_and_mode(&self) -> io::Result<()> {
        let Place { folder, name } = &self.place;
        match folder.owner_and_mode(name) {
            Ok((owner, mode)) => {
                owner.take(&self.file)?;
                self.file.set_permissions(mode)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                folder.owner()?.take(&self.file)
            }
            Err(error) => Err(error),
        }
    }

    /// Moves the file to its place. Returns its length in bytes.
    ///
    /// # Errors
    /// [`FileError::Exists`] if another process created the file in the meantime, or
    /// [`FileError::Io`].
    pub fn finish(mut self) -> Result<u64, FileError> {
        let path = self.place.path();
        let failed = FileError::io(&path);
        self.file.sync_all().map_err(&failed)?;
        let length = self.file.metadata().map_err(&failed)?.len();
        self.put_in_place().map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists { path: path.clone() },
            _ => failed(error),
        })?;
        let folder = &self.place.folder;
        if !folder.has(&self.place.name, &self.file).map_err(&failed)? {
            let error = refused(
                &path,
                "was replaced while it was written: it is not the file that was written",
            );
            return Err(failed(error));
        }
        folder.sync().map_err(&failed)?;
        Ok(length)
    }

    fn put_in_place(&mut self) -> io::Result<()> {
        let Place { folder, name } = &self.place;
        if self.replace {
            folder.rename(&self.part, name)?;
            self.is_placed = true;
            return Ok(());
        }
        match folder.link(&self.part, name) {
            // The temporary name is removed on drop.
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // The file system has no hard links.
            Err(_) if folder.entry(name)?.is_none() => {
                folder.rename(&self.part, name)?;
                self.is_placed = true;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_placed {
            let _ = self.place.folder.remove_file(&self.part);
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Creates the file that will get the name of `place`, under a temporary name.
fn create_part(place: &Place) -> io::Result<(File, OsString)> {
    loop {
        let mut name = OsString::from(".");
        name.push(&place.name);
        name.push(format!(".{:016x}.part", RandomState::new().hash_one(0)));
        match place.folder.create_file(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return Ok((created?, name)),
        }
    }
}
