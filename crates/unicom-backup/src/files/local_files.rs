//! `LocalFiles`: what a server stores besides its database.

use std::path::{self, Component, Path, PathBuf};

use unicom_db::files::{Folder, same_file};

use super::copy::{copy_missing, open_if_there, subfolder};
use super::{Copied, key};
use crate::BackupError;
use crate::names::before_restore;

/// The subfolder for files of messages in the folder of a backup.
const MEDIA: &str = "media";

/// What a server stores on its machine besides its database.
///
/// A backup of it is a folder, to which each further backup adds. Files of messages that were
/// deleted since stay in it. If root copies, no link that another user placed is followed.
#[derive(Debug, Clone)]
pub struct LocalFiles {
    /// The folder with the files of messages. `None` if they are stored elsewhere.
    pub media: Option<PathBuf>,
    /// The file of the secret key. `None` if the key is not part of the backup. A backup's key has
    /// the same name.
    pub key: Option<PathBuf>,
    /// Checks that a text, the content of a file, is a secret key. Returns a sentence that names
    /// the file if it is not.
    pub check_key: fn(&str, &Path) -> Result<(), String>,
}

impl LocalFiles {
    /// Checks that [`back_up`](Self::back_up) may copy to `folder`: it must not be within what is
    /// copied, no link of another user may be in the way, and the secret key must be valid.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn check_back_up(&self, folder: &Path) -> Result<(), BackupError> {
        if let Some(media) = &self.media {
            expect_apart(media, &folder.join(MEDIA), folder)?;
            open_if_there(media)?;
        }
        if let Some(key) = &self.key {
            key::read(key, self.check_key)?;
        }
        Ok(())
    }

    /// Copies files of messages that are missing in `folder`, and the secret key. Creates the
    /// folder if necessary. Calls `on_file` for each file, including those that are there.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn back_up(&self, folder: &Path, on_file: &mut dyn FnMut()) -> Result<Copied, BackupError> {
        let mut copied = Copied::default();
        let to = Folder::create(folder).map_err(BackupError::io(folder))?;
        if let Some(media) = &self.media
            && let Some(from) = open_if_there(media)?
        {
            copy_missing(
                &from,
                &subfolder(&to, MEDIA.as_ref())?,
                &mut copied,
                on_file,
            )?;
        }
        if let Some((key, kept)) = self.keys(folder)
            && let Some(content) = key::read(key, self.check_key)?
        {
            // The key in the folder may be the only copy of one that was lost here.
            key::put(&content, &kept, |number| format!(".{number}"), &mut copied)?;
        }
        Ok(copied)
    }

    /// Checks that [`restore`](Self::restore) may copy from `folder`. Only with `replace_key`, and
    /// only by a valid key, may a different secret key be replaced.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn check_restore(&self, folder: &Path, replace_key: bool) -> Result<(), BackupError> {
        if open_if_there(folder)?.is_none() {
            return Err(BackupError::NoFolder {
                path: folder.to_owned(),
            });
        }
        let from = folder.join(MEDIA);
        if let Some(media) = self.media.as_ref().filter(|media| !same_file(&from, media)) {
            expect_apart(&from, media, folder)?;
            open_if_there(media)?;
        }
        let Some((key, kept)) = self.keys(folder) else {
            return Ok(());
        };
        key::read(&kept, self.check_key)?;
        if !replace_key && key::are_different(key, &kept)? {
            let key = key.to_owned();
            return Err(BackupError::OtherKey { key, kept });
        }
        Ok(())
    }

    /// Returns `true` if [`restore`](Self::restore) replaces the secret key by a different one.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn replaces_key(&self, folder: &Path) -> Result<bool, BackupError> {
        match self.keys(folder) {
            Some((key, kept)) => key::are_different(key, &kept),
            None => Ok(false),
        }
    }

    /// Copies back what [`back_up`](Self::back_up) copied, after
    /// [`check_restore`](Self::check_restore). A key that is replaced is kept under another name.
    /// Calls `on_file` for each file, including those that are there.
    ///
    /// The key is copied last: until then, nothing has changed for clients with a session.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn restore(&self, folder: &Path, on_file: &mut dyn FnMut()) -> Result<Copied, BackupError> {
        let mut copied = Copied::default();
        if let Some(media) = &self.media
            && let Some(from) = open_if_there(&folder.join(MEDIA))?
        {
            let to = Folder::create(media).map_err(BackupError::io(media))?;
            copy_missing(&from, &to, &mut copied, on_file)?;
        }
        if let Some((key, kept)) = self.keys(folder)
            && let Some(content) = key::read(&kept, self.check_key)?
        {
            if let Some(folder) = key.parent() {
                Folder::create(folder).map_err(BackupError::io(folder))?;
            }
            key::put(&content, key, before_restore, &mut copied)?;
        }
        Ok(copied)
    }

    /// Returns the files of the current key and of the backup's key.
    fn keys(&self, folder: &Path) -> Option<(&Path, PathBuf)> {
        let key = self.key.as_deref()?;
        Some((key, folder.join(key.file_name()?)))
    }
}

/// Checks that `to` is not within `from`, because the copy would be copied again without end.
/// `folder` is the folder of the backup.
fn expect_apart(from: &Path, to: &Path, folder: &Path) -> Result<(), BackupError> {
    if !real(to).starts_with(real(from)) {
        return Ok(());
    }
    Err(BackupError::Nested {
        folder: folder.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    })
}

/// Returns the path without links and `..`, even if the end of it does not exist yet.
fn real(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for part in path::absolute(path).unwrap_or_default().components() {
        if part == Component::ParentDir {
            real.pop();
        } else {
            real.push(part);
        }
        real = real.canonicalize().unwrap_or(real);
    }
    real
}
