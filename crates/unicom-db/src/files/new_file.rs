//! `NewFile`: a file that is there when it is whole, and not before.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::entry::{Owner, refused};
use super::{FileError, Folder, Place};

/// The name of a draft in its folder.
const DRAFT: &str = "draft";

/// A file that appears under its name when it is whole and on the disk. Until then it stands beside its place, under a name
/// that begins with `.` and ends in `.part`; a process that is killed leaves it there.
///
/// Its mode is 600: it holds what people wrote, and hashes of their passwords. Owner and mode are
/// changed on the open file and never by its name, which in a stranger's [`Folder`] may lead to
/// another file at any time.
#[derive(Debug)]
pub struct NewFile {
    place: Place,
    replace: bool,
    file: File,
    part: OsString,
    /// Where it is written by its path, if that is not safe beside its place.
    draft: Option<TempDir>,
    is_placed: bool,
}

impl NewFile {
    /// Begins the file `path`; with `replace`, one that is there is replaced in the end.
    ///
    /// # Errors
    /// [`FileError::Exists`] without `replace`, [`FileError::Io`].
    pub fn create(path: &Path, replace: bool) -> Result<Self, FileError> {
        let place = Place::of(path).map_err(FileError::io(path))?;
        Self::begin(place, replace, path)
    }

    /// Begins a file in `folder`, as [`create`](Self::create) does. Its owner will be the folder's.
    ///
    /// # Errors
    /// [`FileError::Exists`] without `replace`, [`FileError::Io`].
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

    /// Returns a path that leads to what will be the file's content, and that only trusted users can
    /// lead elsewhere: beside the file's place if that is safe, else in a folder of this
    /// process in `near` or in the system's folder of temporary files.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn path_to_write(&mut self, near: Option<&Folder>) -> io::Result<PathBuf> {
        if self.place.folder.is_safe_by_path() {
            return Ok(self.place.folder.path().join(&self.part));
        }
        let draft = private_folder(near)?;
        let path = draft.path().join(DRAFT);
        self.draft = Some(draft);
        Ok(path)
    }

    /// Takes what was written to [`path_to_write`](Self::path_to_write).
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

    /// Gives the file to `owner`, and lets those read and write it who `mode` names.
    pub(super) fn take_after(&self, owner: Owner, mode: Option<Permissions>) -> io::Result<()> {
        owner.take(&self.file)?;
        match mode {
            Some(mode) => self.file.set_permissions(mode),
            None => Ok(()),
        }
    }

    /// Puts it in its place. The length in bytes.
    ///
    /// # Errors
    /// [`FileError::Exists`] where somebody else made it meanwhile, [`FileError::Io`].
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
                "was replaced while it was written: it is not what was to be there",
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
            // Dropped, it removes its first name.
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without hard links.
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

/// Creates a folder that only the user of this process may enter: in `near`, if files can be used by
/// their paths there and it may be written to, else in the system's folder of temporary files.
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
