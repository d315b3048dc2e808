//! `Folder`: a folder that is held open, with access below it that follows no link of an untrusted
//! user.

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

/// Opens a folder only as a step of a path, which takes no right to read it.
#[cfg(any(target_os = "linux", target_os = "android"))]
const STEP: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const STEP: OFlags = OFlags::RDONLY;

/// A folder that is held open. Operations apply to this very folder, even if its path leads
/// elsewhere in the meantime.
///
/// The trusted users are the one who runs this process and the system's (root). A folder of any
/// other user is untrusted, and so is everything below it: no symbolic link is followed there, and
/// a file or folder that does not belong to that same user is refused. Otherwise that user could
/// make root read, write or give away a file of root by placing a link there.
#[derive(Debug)]
pub struct Folder {
    handle: OwnedFd,
    path: PathBuf,
    trusted: Trusted,
    /// The untrusted user who owns this folder or one above it.
    untrusted_owner: Option<u32>,
    /// Whether users other than its owner may change the entries of this folder, or of one above
    /// it.
    shared: bool,
    /// Whether other users may create files in this folder, but not change the files of others.
    is_sticky: bool,
}

impl Folder {
    /// Opens the folder at `path`. Follows links that trusted users created in their folders.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder does not exist, or the reason why it cannot or
    /// must not be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Walk::along(path)?.into_folder(false)
    }

    /// Opens the folder at `path`. Missing folders on the way are created with mode 700, and get
    /// the owner of the folder that contains them.
    ///
    /// # Errors
    /// The reason why a folder cannot or must not be opened or created.
    pub fn create(path: &Path) -> io::Result<Self> {
        Walk::along(path)?.into_folder(true)
    }

    /// Opens this very folder again.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self {
            handle: self.handle.try_clone()?,
            path: self.path.clone(),
            ..*self
        })
    }

    /// Returns the folder's path without links, as of when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns `true` if only trusted users can make the folder's path lead elsewhere, so that
    /// files in it may be used by their paths.
    pub fn is_safe_by_path(&self) -> bool {
        self.untrusted_owner.is_none() && !self.shared && !self.is_sticky
    }

    /// Opens a folder in this one. A link is refused.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder does not exist, or the reason why it cannot or
    /// must not be opened.
    pub fn folder(&self, name: &OsStr) -> io::Result<Self> {
        match self.enter(name)? {
            Entered::Folder(folder) => Ok(folder),
            Entered::Link(_) => Err(self.no_link(name)),
        }
    }

    /// Opens a folder in this one. Creates it as [`create`](Self::create) does if it is missing.
    ///
    /// # Errors
    /// The reason why the folder cannot or must not be opened or created.
    pub fn folder_or_create(&self, name: &OsStr) -> io::Result<Self> {
        match self.folder(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.create_folder(name),
            opened => opened,
        }
    }

    /// Opens a file in this folder for reading. Anything but a regular file is refused. If the
    /// folder is an untrusted user's, a file of a different user is refused; if others may write to
    /// a trusted user's folder, a file with several names (hard links) is refused.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the file does not exist, or the reason why it cannot or must
    /// not be opened.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        self.open_file_for(name, OFlags::RDONLY)
    }

    /// Opens a file in this folder as [`open_file`](Self::open_file) does, but also for writing,
    /// and locks it against all other processes. Returns `None` if another process holds a lock on
    /// it.
    ///
    /// The lock ends when this process closes the file, even if it has the file open a second time.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the file does not exist, or the reason why it cannot or must
    /// not be opened.
    pub fn lock_file(&self, name: &OsStr) -> io::Result<Option<File>> {
        let file = self.open_file_for(name, OFlags::RDWR)?;
        match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(file)),
            Err(Errno::AGAIN | Errno::ACCESS) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn open_file_for(&self, name: &OsStr, access: OFlags) -> io::Result<File> {
        // Without `NONBLOCK`, opening a pipe would block.
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
        if self.untrusted_owner.is_none() && (self.shared || self.is_sticky) && data.nlink() > 1 {
            let path = self.path.join(name);
            return Err(refused(
                &path,
                "is a hard link in a folder that others may write to",
            ));
        }
        Ok(file)
    }

    /// Returns the entry `name` of this folder. Returns `None` if there is no entry with this name.
    ///
    /// # Errors
    /// Errors of the operating system.
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

    /// Returns the owner and the permissions of the file `name`, without opening it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the file does not exist, or the reason why
    /// [`open_file`](Self::open_file) would refuse it.
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

    /// Checks that the entry `name`, if it exists, is a file that [`open_file`](Self::open_file)
    /// opens.
    ///
    /// # Errors
    /// The reason why the file cannot or must not be opened.
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
        Ok(names_in(Dir::new(self.readable()?)?))
    }

    /// Creates a file in this folder. Only the user who runs this process can read and write it.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if the name is taken, or another error of the operating
    /// system.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(rustix::fs::openat(&self.handle, name, flags, mode)?.into())
    }

    /// Returns `true` if the entry `name` of this folder is the open `file`.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn has(&self, name: &OsStr, file: &File) -> io::Result<bool> {
        let there = match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(false),
            there => there?,
        };
        let file = rustix::fs::fstat(file)?;
        Ok((there.st_dev, there.st_ino) == (file.st_dev, file.st_ino))
    }

    /// Renames the entry `from` of this folder to `to`. An existing entry with that name is
    /// replaced.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Gives the entry `from` of this folder the second name `to` (a hard link).
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if the name is taken, or another error of the operating
    /// system.
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
    /// Errors of the operating system.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// Removes an empty folder from this folder.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(
            &self.handle,
            name,
            AtFlags::REMOVEDIR,
        )?)
    }

    /// Flushes the names in this folder to the disk, so that they survive a power failure.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.readable()?)?)
    }

    /// Returns the owner of this folder.
    ///
    /// # Errors
    /// Errors of the operating system.
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
            untrusted_owner: None,
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
            untrusted_owner: (!self.trusted.has(owner)).then_some(owner),
            shared: self.shared || (is_writable && !is_sticky),
            is_sticky: is_writable && is_sticky,
        })
    }

    /// Returns the target of the link `name`, which must have been created by a trusted user.
    fn follow(&self, name: &OsStr, target: PathBuf) -> io::Result<PathBuf> {
        let link = rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
        if self.untrusted_owner.is_none() && self.trusted.has(link.st_uid) {
            Ok(target)
        } else {
            Err(self.no_link(name))
        }
    }

    fn create_folder(&self, name: &OsStr) -> io::Result<Self> {
        match rustix::fs::mkdirat(&self.handle, name, Mode::RWXU) {
            // Another process created it first.
            Err(Errno::EXIST) => return self.folder(name),
            made => made?,
        }
        self.take_made(name)
    }

    /// Opens a folder that was just created in this one, and gives it to this one's owner.
    ///
    /// An untrusted user may have replaced it in the meantime: a folder of another user keeps its
    /// owner, and a folder of this user that is not empty is refused, since it existed before.
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

    /// Checks that a file or folder in an untrusted user's folder belongs to that user, or to the
    /// user of this process if that is not root.
    fn expect_owner(&self, name: &OsStr, owner: u32) -> io::Result<()> {
        match self.untrusted_owner {
            Some(untrusted_owner)
                if owner != untrusted_owner && !self.trusted.is_me_without_rights(owner) =>
            {
                let reason = format!(
                    "belongs to user {owner}, in a folder that belongs to user {untrusted_owner}: it is not touched"
                );
                Err(refused(&self.path.join(name), &reason))
            }
            _ => Ok(()),
        }
    }

    fn no_link(&self, name: &OsStr) -> io::Error {
        let whose = match self.untrusted_owner {
            Some(untrusted_owner) => format!(" in a folder that belongs to user {untrusted_owner}"),
            None => String::new(),
        };
        let reason = format!(
            "is a symbolic link{whose}, which is not followed: use the path that it leads to"
        );
        refused(&self.path.join(name), &reason)
    }

    fn no_file(&self, name: &OsStr) -> io::Error {
        refused(&self.path.join(name), "is not a regular file")
    }
}

fn names_in(entries: Dir) -> impl Iterator<Item = io::Result<OsString>> {
    let names = entries.map(|entry| -> io::Result<OsString> {
        Ok(OsString::from_vec(entry?.file_name().to_bytes().to_vec()))
    });
    let is_self = |name: &io::Result<OsString>| matches!(name, Ok(name) if matches!(name.as_bytes(), b"." | b".."));
    names.filter(move |name| !is_self(name))
}

/// Returns `true` if this process has all rights on the files of every user.
pub fn is_root() -> bool {
    geteuid().is_root()
}

impl Owner {
    /// Makes this the owner of the open file or folder, if it is not already. Only root can do
    /// that; otherwise the owner stays unchanged.
    ///
    /// # Errors
    /// Errors of the operating system about the file handle.
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
    /// The owner of `/`, which may have another number than 0 in a user namespace.
    system: u32,
}

impl Trusted {
    fn has(self, user: u32) -> bool {
        user == 0 || user == self.system || user == self.me
    }

    /// Returns `true` if `user` runs this process and is not root. An untrusted user gains nothing
    /// from access to the files of that user.
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

    /// Checks that a folder of this user, put in the place of one that was just created, is
    /// refused.
    #[test]
    fn existing_folder_is_not_given_away() {
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
