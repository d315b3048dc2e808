//! `NewFile`: a file that appears under its name only when it is complete.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::entry::{Owner, refused};
use super::{FileError, Folder, Place};

/// The name of the draft in its folder.
const DRAFT: &str = "draft";

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
    /// The folder where the content is written by path, if that is not safe beside the file's
    /// place.
    draft: Option<TempDir>,
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

    pub(super) fn begin(place: Place, replace: bool, path: &Path) -> Result<Self, FileError> {
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
            draft: None,
            is_placed: false,
        })
    }

    /// Returns a path for writing the file's content that only trusted users can make lead
    /// elsewhere.
    ///
    /// It is beside the file's place if that is safe, otherwise in a private folder of this process
    /// in `near` or in the system's folder of temporary files.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub(super) fn path_to_write(&mut self, near: Option<&Folder>) -> io::Result<PathBuf> {
        if self.place.folder.is_safe_by_path() {
            return Ok(self.place.folder.path().join(&self.part));
        }
        let draft = private_folder(near)?;
        let path = draft.path().join(DRAFT);
        self.draft = Some(draft);
        Ok(path)
    }

    /// Takes the content that was written to [`path_to_write`](Self::path_to_write).
    pub(super) fn take_written(&mut self) -> io::Result<()> {
        if let Some(draft) = &self.draft {
            let mut written = File::open(draft.path().join(DRAFT))?;
            self.file.rewind()?;
            self.file.set_len(0)?;
            io::copy(&mut written, &mut self.file)?;
        }
        self.draft = None;
        Ok(())
    }

    /// Gives the file to `owner`, and sets its mode if `mode` is given.
    pub(super) fn take_after(&self, owner: Owner, mode: Option<Permissions>) -> io::Result<()> {
        owner.take(&self.file)?;
        match mode {
            Some(mode) => self.file.set_permissions(mode),
            None => Ok(()),
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

/// Creates a folder that only the user of this process can enter. It is in `near` if that is
/// writable and safe by its path, otherwise in the system's folder of temporary files.
pub(super) fn private_folder(near: Option<&Folder>) -> io::Result<TempDir> {
    match draft_in(near)? {
        Some(draft) => Ok(draft),
        None => TempDir::new(),
    }
}

fn draft_in(near: Option<&Folder>) -> io::Result<Option<TempDir>> {
    let Some(near) = near.filter(|near| near.is_safe_by_path()) else {
        return Ok(None);
    };
    let mut builder = tempfile::Builder::new();
    Ok(builder.prefix(".unicom.").tempdir_in(near.path()).ok())
}
