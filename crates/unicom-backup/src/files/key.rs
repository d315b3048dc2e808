//! The replacement of one secret key by another, without losing the former key.

use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use unicom_db::files::{NewFile, Place};

use super::Copied;
use crate::BackupError;
use crate::names::beside;

/// The maximum number of bytes read from the file of a key: far more than a key has.
const LONGEST: u64 = 64 * 1024;

/// Reads a file with a secret key that a server would accept. Returns `None` if it does not exist.
pub(super) fn read(
    path: &Path,
    check: fn(&str, &Path) -> Result<(), String>,
) -> Result<Option<Vec<u8>>, BackupError> {
    let Some(key) = read_any(path)? else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&key).map_err(|_| invalid(path, "is not text"))?;
    check(text, path).map_err(|reason| BackupError::InvalidKey { reason })?;
    Ok(Some(key))
}

/// Returns `true` if both keys exist and differ.
pub(super) fn are_different(one: &Path, other: &Path) -> Result<bool, BackupError> {
    Ok(match (read_any(one)?, read_any(other)?) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    })
}

/// Writes the key to `path`. A different key there is kept beside it, with the first of the
/// `suffixes` 1, 2 and so on that is free or already has that key, as after an interrupted run.
pub(super) fn put(
    key: &[u8],
    path: &Path,
    suffixes: impl Fn(u64) -> String,
    copied: &mut Copied,
) -> Result<(), BackupError> {
    if let Some(former) = read_any(path)? {
        if former == key {
            copied.there += 1;
            return Ok(());
        }
        copied.former_key = Some(keep(&former, path, suffixes)?);
    }
    write(key, path, true)?;
    copied.copied += 1;
    Ok(())
}

fn keep(
    former: &[u8],
    path: &Path,
    suffixes: impl Fn(u64) -> String,
) -> Result<PathBuf, BackupError> {
    let mut number = 1;
    loop {
        let name = beside(path, &suffixes(number));
        match read_any(&name)? {
            None => {
                write(former, &name, false)?;
                return Ok(name);
            }
            Some(kept) if kept == former => return Ok(name),
            Some(_) => number += 1,
        }
    }
}

fn read_any(path: &Path) -> Result<Option<Vec<u8>>, BackupError> {
    let file = match Place::of(path).and_then(|place| place.open()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(BackupError::io(path))?,
    };
    let mut key = Vec::new();
    let read = file.take(LONGEST + 1).read_to_end(&mut key);
    match read.map_err(BackupError::io(path))? as u64 {
        0..=LONGEST => Ok(Some(key)),
        _ => Err(invalid(path, &format!("has more than {LONGEST} bytes"))),
    }
}

fn invalid(path: &Path, reason: &str) -> BackupError {
    BackupError::InvalidKey {
        reason: format!("`{}` is not a secret key: it {reason}", path.display()),
    }
}

fn write(key: &[u8], to: &Path, replace: bool) -> Result<(), BackupError> {
    let failed = BackupError::io(to);
    let place = Place::of(to).map_err(&failed)?;
    let mut file = NewFile::create_in(&place.folder, &place.name, replace)?;
    file.write_all(key).map_err(failed)?;
    file.finish()?;
    Ok(())
}
