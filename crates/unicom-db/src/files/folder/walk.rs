//! `Walk`: resolves a path to a folder or a file, component by component.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

use rustix::io::Errno;

use super::{Entered, Folder};
use crate::files::entry::{Entry, refused};

/// Maximum number of symbolic links in one path, as in the kernel.
const MAX_LINKS: usize = 40;

/// A path that is being resolved.
pub(in crate::files) struct Walk {
    at: Folder,
    /// The remaining names, in reverse order.
    left: Vec<OsString>,
    links: usize,
}

impl Walk {
    pub(in crate::files) fn along(path: &Path) -> io::Result<Self> {
        let mut walk = Self {
            at: Folder::root()?,
            left: Vec::new(),
            links: 0,
        };
        walk.go_to(&std::path::absolute(path)?);
        Ok(walk)
    }

    pub(super) fn into_folder(mut self, create: bool) -> io::Result<Folder> {
        while let Some(name) = self.left.pop() {
            match self.at.enter(&name) {
                Ok(Entered::Folder(folder)) => self.at = folder,
                Ok(Entered::Link(target)) => self.follow(&name, target)?,
                Err(error) if create && error.kind() == io::ErrorKind::NotFound => {
                    self.at = self.at.create_folder(&name)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.at)
    }

    /// Resolves the path of a file. Returns its folder and its name.
    pub(in crate::files) fn into_file(mut self) -> io::Result<(Folder, OsString)> {
        while let Some(name) = self.left.pop() {
            let is_last = self.left.is_empty();
            if is_last && name != ".." && self.at.entry(&name)? != Some(Entry::Link) {
                return Ok((self.at, name));
            }
            match self.at.enter(&name)? {
                Entered::Folder(folder) => self.at = folder,
                Entered::Link(target) => self.follow(&name, target)?,
            }
        }
        Err(refused(&self.at.path, "is a folder, not a file"))
    }

    fn follow(&mut self, name: &OsStr, target: PathBuf) -> io::Result<()> {
        let target = self.at.follow(name, target)?;
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::LOOP.into());
        }
        if target.is_absolute() {
            self.at = Folder::root()?;
        }
        self.go_to(&target);
        Ok(())
    }

    fn go_to(&mut self, path: &Path) {
        let names = path.components().rev().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some(OsString::from("..")),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
        });
        self.left.extend(names);
    }
}
