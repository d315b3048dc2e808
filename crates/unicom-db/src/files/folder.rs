//! `Folder`: a folder that is held open, and access below it that follows no stranger's link.

mod walk;

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::entry::{Entry, Owner, refused};
pub(super) use walk::Walk;

/// Opens a folder only to go on from it, which takes no right to read it.
#[cfg(any(target_os = "linux", target_os = "android"))]
const STEP: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const STEP: OFlags = OFlags::RDONLY;

/// A folder that is held open: what is done below it is done in this very folder, whatever its name
/// leads to meanwhile.
///
/// The users who are trusted are the one who runs this process and the system's (root). A folder of
/// anyone else is a stranger's, and so is everything below it: no symbolic link is followed there,
/// and a file or a folder that belongs to another user than the stranger is refused. Otherwise a
/// stranger could have root read, write or give away a file of root's, by a link in its place.
#[derive(Debug)]
pub struct Folder {
    handle: OwnedFd,
    path: PathBuf,
    trusted: Trusted,
    /// The user other than the trusted ones to whom this folder, or one above it, belongs.
    stranger: Option<u32>,
    /// Whether others than its owner may change what is in this folder, or in one above it.
    shared: bool,
    /// Whether others may create files in this folder, though they may not change those of others.
    is_sticky: bool,
}

impl Folder {
    /// Opens the folder at `path`. Follows links that trusted users made in folders of theirs.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or why it cannot or must not be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Walk::along(path)?.into_folder(false)
    }

    /// Opens the folder at `path`, and creates those on the way that are missing with mode 700, for
    /// the owner of the folder that they are created in.
    ///
    /// # Errors
    /// Why it cannot or must not be opened or created.
    pub fn create(path: &Path) -> io::Result<Self> {
        Walk::along(path)?.into_folder(true)
    }

    /// Opens this very folder once more.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self {
            handle: self.handle.try_clone()?,
            path: self.path.clone(),
            ..*self
        })
    }

    /// Returns the path of the folder without links, as it was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns `true` if its path leads to this very folder for as long as trusted users leave it
    /// there: files in it may be used by their paths.
    pub fn is_safe_by_path(&self) -> bool {
        self.stranger.is_none() && !self.shared && !self.is_sticky
    }

    /// Opens a folder in this one. A link is refused.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or why it cannot or must not be opened.
    pub fn folder(&self, name: &OsStr) -> io::Result<Self> {
        match self.enter(name)? {
            Entered::Folder(folder) => Ok(folder),
            Entered::Link(_) => Err(self.no_link(name)),
        }
    }

    /// Opens a folder in this one, and creates it as [`create`](Self::create) does if it is missing.
    ///
    /// # Errors
    /// Why it cannot or must not be opened or created.
    pub fn folder_or_create(&self, name: &OsStr) -> io::Result<Self> {
        match self.folder(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.create_folder(name),
            opened => opened,
        }
    }

    /// Opens a file in this folder for reading. Whatever is no regular file is refused, and a file
    /// of another user than the stranger whose folder this is.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or why it cannot or must not be opened.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        self.open_file_for(name, OFlags::RDONLY)
    }

    /// Opens a file in this folder as [`open_file`](Self::open_file) does, also for writing, and locks
    /// it against every other process. Returns `None` if another process has a lock on it.
    ///
    /// The lock ends when this process closes the file, even if it has opened it once more.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or why it cannot or must not be opened.
    pub(super) fn lock_file(&self, name: &OsStr) -> io::Result<Option<File>> {
        let file = self.open_file_for(name, OFlags::RDWR)?;
        match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(file)),
            Err(Errno::AGAIN | Errno::ACCESS) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn open_file_for(&self, name: &OsStr, access: OFlags) -> io::Result<File> {
        // Without `NONBLOCK`, a pipe would be waited for.
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.handle, name, flags, Mode::empty()) {
            Ok(handle) => File::from(handle),
            Err(Errno::LOOP | Errno::MLINK) => return Err(self.no_link(name)),
            Err(Errno::NXIO) => return Err(self.no_file(name)),
            Err(error) => return Err(error.into()),
        };
        let data = file.metadata()?;
        if !data.is_file() {
            return Err(self.no_file(name));
        }
        self.expect_owner(name, data.uid())?;
        if self.stranger.is_none() && (self.shared || self.is_sticky) && data.nlink() > 1 {
            let path = self.path.join(name);
            return Err(refused(
                &path,
                "is a hard link in a folder that others may write to",
            ));
        }
        Ok(file)
    }

    /// Returns what this folder has under `name`; `None` if there is nothing.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn entry(&self, name: &OsStr) -> io::Result<Option<Entry>> {
        let stat = match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(None),
            stat => stat?,
        };
        Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Entry::File(u64::try_from(stat.st_size).unwrap_or(0)),
            FileType::Directory => Entry::Folder,
            FileType::Symlink => Entry::Link,
            _ => Entry::Other,
        }))
    }

    /// Returns the owner of the file `name`, and who may read and write it, without opening it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or why [`open_file`](Self::open_file) would not open it.
    pub(super) fn owner_and_mode(&self, name: &OsStr) -> io::Result<(Owner, Permissions)> {
        let stat = rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => self.expect_owner(name, stat.st_uid)?,
            FileType::Symlink => return Err(self.no_link(name)),
            _ => return Err(self.no_file(name)),
        }
        let mode = Permissions::from_mode(stat.st_mode & 0o666);
        Ok((Owner::new(stat.st_uid, stat.st_gid), mode))
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
        Ok(names_in(Dir::new(self.readable()?)?))
    }

    /// Creates a file in this folder, for the user who runs this only.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`], or what else the operating system says.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(rustix::fs::openat(&self.handle, name, flags, mode)?.into())
    }

    /// Returns `true` if this folder has the open `file` under `name`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn has(&self, name: &OsStr, file: &File) -> io::Result<bool> {
        let there = match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(false),
            there => there?,
        };
        let file = rustix::fs::fstat(file)?;
        Ok((there.st_dev, there.st_ino) == (file.st_dev, file.st_ino))
    }

    /// Gives what this folder has under `from` the name `to`, in place of what has it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Gives what this folder has under `from` a second name, which must not be taken.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`], or what else the operating system says.
    pub fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let flags = AtFlags::empty();
        Ok(rustix::fs::linkat(
            &self.handle,
            from,
            &self.handle,
            to,
            flags,
        )?)
    }

    /// Removes a file from this folder.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// Removes an empty folder from this folder.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(
            &self.handle,
            name,
            AtFlags::REMOVEDIR,
        )?)
    }

    /// Makes the names in this folder survive a loss of power.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.readable()?)?)
    }

    /// Returns the owner of this folder.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn owner(&self) -> io::Result<Owner> {
        let stat = rustix::fs::fstat(&self.handle)?;
        Ok(Owner::new(stat.st_uid, stat.st_gid))
    }

    fn root() -> io::Result<Self> {
        let flags = STEP | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = rustix::fs::open("/", flags, Mode::empty())?;
        let trusted = Trusted {
            me: geteuid().as_raw(),
            system: rustix::fs::fstat(&handle)?.st_uid,
        };
        Ok(Self {
            handle,
            path: PathBuf::from("/"),
            trusted,
            stranger: None,
            shared: false,
            is_sticky: false,
        })
    }

    fn enter(&self, name: &OsStr) -> io::Result<Entered> {
        let flags = STEP | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.handle, name, flags, Mode::empty()) {
            Ok(handle) => Ok(Entered::Folder(self.go_on(handle, name)?)),
            Err(error @ (Errno::NOTDIR | Errno::LOOP | Errno::MLINK)) => {
                match rustix::fs::readlinkat(&self.handle, name, Vec::new()) {
                    Ok(target) => {
                        let target = OsString::from_vec(target.into_bytes());
                        Ok(Entered::Link(target.into()))
                    }
                    Err(_) => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    fn go_on(&self, handle: OwnedFd, name: &OsStr) -> io::Result<Self> {
        let stat = rustix::fs::fstat(&handle)?;
        let owner = stat.st_uid;
        self.expect_owner(name, owner)?;
        let is_writable = stat.st_mode & 0o002 != 0 || (stat.st_mode & 0o020 != 0 && owner == 0);
        let is_sticky = stat.st_mode & 0o1000 != 0;
        Ok(Self {
            handle,
            path: if name == ".." {
                self.path.parent().unwrap_or(&self.path).to_owned()
            } else {
                self.path.join(name)
            },
            trusted: self.trusted,
            stranger: (!self.trusted.has(owner)).then_some(owner),
            shared: self.shared || (is_writable && !is_sticky),
            is_sticky: is_writable && is_sticky,
        })
    }

    /// Returns where the link `name` leads to, which only a trusted user may have made.
    fn follow(&self, name: &OsStr, target: PathBuf) -> io::Result<PathBuf> {
        let link = rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
        if self.stranger.is_none() && self.trusted.has(link.st_uid) {
            Ok(target)
        } else {
            Err(self.no_link(name))
        }
    }

    fn create_folder(&self, name: &OsStr) -> io::Result<Self> {
        match rustix::fs::mkdirat(&self.handle, name, Mode::RWXU) {
            // Another process was first.
            Err(Errno::EXIST) => return self.folder(name),
            made => made?,
        }
        self.take_made(name)
    }

    /// Opens a folder that was just made in this one, and gives it to the owner of this one.
    ///
    /// A stranger may have put something else in its place: what is another user's stays so, and a
    /// folder of this user that is not empty is refused, since it was there before.
    fn take_made(&self, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = File::from(rustix::fs::openat(
            &self.handle,
            name,
            flags,
            Mode::empty(),
        )?);
        if made.metadata()?.uid() == self.trusted.me {
            if names_in(Dir::read_from(&made)?).next().is_some() {
                let path = self.path.join(name);
                return Err(refused(&path, "was replaced while it was made"));
            }
            self.owner()?.take(&made)?;
        }
        self.go_on(made.into(), name)
    }

    fn readable(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.handle, ".", flags, Mode::empty())?)
    }

    /// Makes sure that, in a stranger's folder, a file or folder belongs to the stranger.
    fn expect_owner(&self, name: &OsStr, owner: u32) -> io::Result<()> {
        match self.stranger {
            Some(stranger) if owner != stranger && !self.trusted.is_me_without_rights(owner) => {
                let reason = format!(
                    "belongs to user {owner}, in a folder that belongs to user {stranger}: it is not touched"
                );
                Err(refused(&self.path.join(name), &reason))
            }
            _ => Ok(()),
        }
    }

    fn no_link(&self, name: &OsStr) -> io::Error {
        let whose = match self.stranger {
            Some(stranger) => format!(" in a folder that belongs to user {stranger}"),
            None => String::new(),
        };
        let reason = format!(
            "is a symbolic link{whose}, which is not followed: name the place that it leads to"
        );
        refused(&self.path.join(name), &reason)
    }

    fn no_file(&self, name: &OsStr) -> io::Error {
        refused(&self.path.join(name), "is no regular file")
    }
}

fn names_in(entries: Dir) -> impl Iterator<Item = io::Result<OsString>> {
    let names = entries.map(|entry| -> io::Result<OsString> {
        Ok(OsString::from_vec(entry?.file_name().to_bytes().to_vec()))
    });
    let is_self = |name: &io::Result<OsString>| matches!(name, Ok(name) if matches!(name.as_bytes(), b"." | b".."));
    names.filter(move |name| !is_self(name))
}

/// Returns `true` if this process may do whatever it likes to files of every user.
pub fn is_root() -> bool {
    geteuid().is_root()
}

impl Owner {
    /// Gives the open file or folder to this owner, if it is another's. Only root may do that;
    /// otherwise it stays as it is.
    ///
    /// # Errors
    /// What the operating system says of the handle.
    pub(super) fn take(self, file: &File) -> io::Result<()> {
        let data = file.metadata()?;
        if Self::new(data.uid(), data.gid()) != self {
            let _ = fchown(file, Some(self.uid), Some(self.gid));
        }
        Ok(())
    }

    /// Returns the owner of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let data = file.metadata()?;
        Ok(Self::new(data.uid(), data.gid()))
    }
}

/// The users whose links are followed.
#[derive(Debug, Clone, Copy)]
struct Trusted {
    /// The user who runs this process.
    me: u32,
    /// The owner of `/`, which in a namespace of users may be another number than 0.
    system: u32,
}

impl Trusted {
    fn has(self, user: u32) -> bool {
        user == 0 || user == self.system || user == self.me
    }

    /// Whether `user` runs this process and is not root: such a user has nothing that a stranger
    /// could get at by being given a file of theirs.
    fn is_me_without_rights(self, user: u32) -> bool {
        self.me != 0 && user == self.me
    }
}

enum Entered {
    Folder(Folder),
    Link(PathBuf),
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, chown};

    use super::{Folder, is_root};

    const STRANGER: u32 = 65534;

    /// Another folder of the same user can be put in the place of one that was just made.
    #[test]
    fn a_folder_that_was_there_before_is_not_given_away() {
        let home = tempfile::tempdir().unwrap();
        for name in ["new", "old"] {
            fs::create_dir(home.path().join(name)).unwrap();
        }
        fs::write(home.path().join("old/secret"), "a secret").unwrap();
        if is_root() {
            chown(home.path(), Some(STRANGER), None).unwrap();
        }
        let folder = Folder::open(home.path()).unwrap();
        let said = folder.take_made("old".as_ref()).unwrap_err().to_string();
        assert!(said.contains("was replaced while it was made"), "{said}");
        folder.take_made("new".as_ref()).unwrap();
        if is_root() {
            let owner = |name| home.path().join(name).metadata().unwrap().uid();
            assert_eq!((owner("old"), owner("new")), (0, STRANGER));
        }
    }
}
