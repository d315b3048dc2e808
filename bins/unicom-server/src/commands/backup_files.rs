//! The parts of a backup besides the database: files of messages, and the secret key.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{self, Component, Path, PathBuf};

use unicom_db::files::{Entry, Folder, NewFile, same_file};

use super::backup_copied::{Copied, failed};
use super::backup_key;
use crate::paths::{KEY_FILE, key_file, media_folder};
use crate::{Failure, Settings};

/// The subfolder for files of messages in the folder that a backup copies to.
const MEDIA: &str = "media";

/// Returns a description of what a copy of the database alone lacks. Returns `None` if it lacks
/// nothing.
pub(super) fn left_out(settings: &Settings, with_files: bool) -> Option<String> {
    let (media, key) = (media_folder(settings), key_file(settings));
    if media.is_none() {
        let url = settings.media_url.as_deref().unwrap_or_default();
        return Some(format!("not included: files of messages in `{url}`"));
    }
    let there = |path: &Path| path.exists().then(|| format!("`{}`", path.display()));
    let paths = [media, key].into_iter().flatten();
    let left: Vec<_> = paths.filter_map(|path| there(&path)).collect();
    (!with_files && !left.is_empty()).then(|| {
        format!(
            "not included: {} (files of messages, the secret key)",
            left.join(" and ")
        )
    })
}

/// Checks that [`copy_out`] may copy: the folder must not be within what is copied, or copying
/// would not end, and no link may lead out of the service's folder.
pub(super) fn check_out(settings: &Settings, folder: &Path) -> Result<(), Failure> {
    if let Some(media) = media_folder(settings) {
        expect_apart(&media, &folder.join(MEDIA), folder)?;
        open_if_there(&media)?;
    }
    if let Some(key) = key_file(settings) {
        backup_key::check(&key)?;
    }
    Ok(())
}

/// Copies files of messages and the secret key to `folder`, if they are stored locally.
pub(super) fn copy_out(settings: &Settings, folder: &Path) -> Result<Copied, Failure> {
    let mut copied = Copied::default();
    let to = Folder::create(folder).map_err(failed(folder))?;
    if let Some(media) = media_folder(settings)
        && let Some(from) = open_if_there(&media)?
    {
        copy_missing(&from, &below(&to, MEDIA.as_ref())?, &mut copied)?;
    }
    if let Some(key) = key_file(settings) {
        // The key in the folder may be the only copy of one that was lost here.
        let kept = folder.join(KEY_FILE);
        backup_key::put(&key, &kept, backup_key::numbered(&kept), &mut copied)?;
    }
    Ok(copied)
}

/// Checks that [`copy_in`] may copy. Another secret key is replaced only with `force`, and only by
/// a valid key.
pub(super) fn check_in(settings: &Settings, folder: &Path, force: bool) -> Result<(), Failure> {
    if open_if_there(folder)?.is_none() {
        let path = folder.display();
        return Err(Failure::Failed(format!("there is no folder `{path}`")));
    }
    let from = folder.join(MEDIA);
    if let Some(media) = media_folder(settings).filter(|media| !same_file(&from, media)) {
        expect_apart(&from, &media, folder)?;
        open_if_there(&media)?;
    }
    let kept = folder.join(KEY_FILE);
    let Some(key) = key_file(settings) else {
        return Ok(());
    };
    backup_key::check(&kept)?;
    if !force && backup_key::is_other(&key, &kept)? {
        return Err(Failure::Usage(format!(
            "`{}` differs from `{}`: `--force` replaces it and keeps it as `….before-restore`; users who logged in since \
             then have to log in again",
            key.display(),
            kept.display()
        )));
    }
    Ok(())
}

/// Returns `true` if [`copy_in`] replaces the secret key by another one.
pub(super) fn brings_other_key(settings: &Settings, folder: &Path) -> Result<bool, Failure> {
    match key_file(settings) {
        Some(key) => backup_key::is_other(&key, &folder.join(KEY_FILE)),
        None => Ok(false),
    }
}

/// Copies back what [`copy_out`] copied, after [`check_in`]. The key is copied last: until then,
/// nothing has changed for clients with a session.
pub(super) fn copy_in(settings: &Settings, folder: &Path) -> Result<Copied, Failure> {
    let mut copied = Copied::default();
    if let Some(media) = media_folder(settings)
        && let Some(from) = open_if_there(&folder.join(MEDIA))?
    {
        let to = Folder::create(&media).map_err(failed(&media))?;
        copy_missing(&from, &to, &mut copied)?;
    }
    let kept = folder.join(KEY_FILE);
    if let Some(key) = key_file(settings)
        && backup_key::check(&kept)?
    {
        Folder::create(&settings.data_dir).map_err(failed(&settings.data_dir))?;
        backup_key::put(&kept, &key, backup_key::before_restore(&key), &mut copied)?;
    }
    Ok(copied)
}

fn open_if_there(folder: &Path) -> Result<Option<Folder>, Failure> {
    match Folder::open(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some).map_err(failed(folder)),
    }
}

/// Checks that `to` is not within `from`, because the copy would be copied again without end.
/// `folder` is the folder that the user named.
fn expect_apart(from: &Path, to: &Path, folder: &Path) -> Result<(), Failure> {
    if !real(to).starts_with(real(from)) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "`{}` cannot be the folder of `--files`: `{}`, which would be copied to, is within `{}`, which would be copied",
        folder.display(),
        to.display(),
        from.display()
    )))
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

/// Copies every file below `from` that is missing below `to`. A file of a message never changes.
///
/// Fails for anything that is neither a file nor a folder, because a copy without it would look
/// complete.
fn copy_missing(from: &Folder, to: &Folder, copied: &mut Copied) -> Result<(), Failure> {
    for name in from.names().map_err(failed(from.path()))? {
        let name = name.map_err(failed(from.path()))?;
        let path = from.path().join(&name);
        match from.entry(&name).map_err(failed(&path))? {
            // Its message was deleted in the meantime.
            None => {}
            Some(Entry::Folder) => match from.folder(&name) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                opened => {
                    let opened = opened.map_err(failed(&path))?;
                    copy_missing(&opened, &below(to, &name)?, copied)?;
                }
            },
            Some(Entry::File(_)) if is_unfinished(&name.to_string_lossy()) => {}
            Some(_) => copy_file(from, to, &name, copied)?,
        }
    }
    Ok(())
}

/// Opens the folder `name` in another one, and creates it if it is missing.
fn below(folder: &Folder, name: &OsStr) -> Result<Folder, Failure> {
    let opened = folder.folder_or_create(name);
    opened.map_err(failed(&folder.path().join(name)))
}

/// Returns `true` if a file is being stored, or was being stored when a process died: `NAME#1`.
fn is_unfinished(name: &str) -> bool {
    let number = name.rsplit_once('#').map(|(_, number)| number);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn copy_file(from: &Folder, to: &Folder, name: &OsStr, copied: &mut Copied) -> Result<(), Failure> {
    let path = from.path().join(name);
    let mut source = match from.open_file(name) {
        // Its message was deleted in the meantime.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        source => source.map_err(failed(&path))?,
    };
    let length = source.metadata().map_err(failed(&path))?.len();
    let target = to.path().join(name);
    if to.entry(name).map_err(failed(&target))? == Some(Entry::File(length)) {
        copied.there += 1;
        return Ok(());
    }
    let mut file = NewFile::create_in(to, name, true).map_err(Failure::failed)?;
    io::copy(&mut source, &mut file).map_err(failed(&target))?;
    file.finish().map_err(Failure::failed)?;
    copied.copied += 1;
    Ok(())
}
