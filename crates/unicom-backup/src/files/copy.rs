//! Copies the files of a folder that are missing in another.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;

use unicom_db::files::{Entry, Folder, NewFile};

use super::Copied;
use crate::BackupError;

/// Opens a folder. Returns `None` if it does not exist.
pub(super) fn open_if_there(folder: &Path) -> Result<Option<Folder>, BackupError> {
    match Folder::open(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some).map_err(BackupError::io(folder)),
    }
}

/// Opens the folder `name` in another one, and creates it if it is missing.
pub(super) fn subfolder(folder: &Folder, name: &OsStr) -> Result<Folder, BackupError> {
    let opened = folder.folder_or_create(name);
    opened.map_err(BackupError::io(&folder.path().join(name)))
}

/// Copies every file below `from` that is missing below `to`. A file of a message never changes.
/// Calls `on_file` for each file of `from`.
///
/// Fails for anything that is neither a file nor a folder, because a copy without it would look
/// complete.
pub(super) fn copy_missing(
    from: &Folder,
    to: &Folder,
    copied: &mut Copied,
    on_file: &mut dyn FnMut(),
) -> Result<(), BackupError> {
    for name in from.names().map_err(BackupError::io(from.path()))? {
        let name = name.map_err(BackupError::io(from.path()))?;
        let path = from.path().join(&name);
        match from.entry(&name).map_err(BackupError::io(&path))? {
            // Its message was deleted in the meantime.
            None => {}
            Some(Entry::Folder) => match from.folder(&name) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                opened => {
                    let opened = opened.map_err(BackupError::io(&path))?;
                    copy_missing(&opened, &subfolder(to, &name)?, copied, on_file)?;
                }
            },
            Some(Entry::File(_)) if is_unfinished(&name.to_string_lossy()) => {}
            Some(_) => {
                copy_file(from, to, &name, copied)?;
                on_file();
            }
        }
    }
    Ok(())
}

/// Returns `true` if a file is being stored, or was being stored when a process died: `NAME#1`.
fn is_unfinished(name: &str) -> bool {
    let number = name.rsplit_once('#').map(|(_, number)| number);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn copy_file(
    from: &Folder,
    to: &Folder,
    name: &OsStr,
    copied: &mut Copied,
) -> Result<(), BackupError> {
    let path = from.path().join(name);
    let mut source = match from.open_file(name) {
        // Its message was deleted in the meantime.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        source => source.map_err(BackupError::io(&path))?,
    };
    let length = source.metadata().map_err(BackupError::io(&path))?.len();
    let target = to.path().join(name);
    if to.entry(name).map_err(BackupError::io(&target))? == Some(Entry::File(length)) {
        copied.there += 1;
        return Ok(());
    }
    let mut file = NewFile::create_in(to, name, true)?;
    io::copy(&mut source, &mut file).map_err(BackupError::io(&target))?;
    file.finish()?;
    copied.copied += 1;
    Ok(())
}
