//! The replacement of one secret key by another, without losing the former key.

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use unicom_auth::SecretKey;
use unicom_db::files::{NewFile, Place};

use super::backup_copied::{Copied, failed};
use crate::Failure;

/// The maximum number of bytes read from the file of a key: far more than a key has.
const LONGEST: u64 = 64 * 1024;

/// Checks that `path`, if it exists, is a secret key that a server would accept. Returns `true` if
/// it exists.
pub(super) fn check(path: &Path) -> Result<bool, Failure> {
    Ok(read_key(path)?.is_some())
}

/// Returns `true` if both keys exist and differ.
pub(super) fn is_other(one: &Path, other: &Path) -> Result<bool, Failure> {
    Ok(match (read(one)?, read(other)?) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    })
}

/// Copies the key `from` to `to`. Another key at `to` is kept under the first of `names` that is
/// free or already has that key, as after an interrupted run.
pub(super) fn put(
    from: &Path,
    to: &Path,
    names: impl Iterator<Item = PathBuf>,
    copied: &mut Copied,
) -> Result<(), Failure> {
    let Some(key) = read_key(from)? else {
        return Ok(());
    };
    if let Some(former) = read(to)? {
        if former == key {
            copied.there += 1;
            return Ok(());
        }
        copied.former_key = Some(keep(&former, names)?);
    }
    write(&key, to, true)?;
    copied.copied += 1;
    Ok(())
}

fn keep(former: &[u8], names: impl Iterator<Item = PathBuf>) -> Result<PathBuf, Failure> {
    for name in names {
        match read(&name)? {
            None => {
                write(former, &name, false)?;
                return Ok(name);
            }
            Some(kept) if kept == former => return Ok(name),
            Some(_) => {}
        }
    }
    Err(Failure::failed(
        "there is no free name for the previous key",
    ))
}

/// Reads a file with a valid secret key. Returns `None` if it does not exist.
fn read_key(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let Some(key) = read(path)? else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&key).map_err(|_| {
        Failure::Failed(format!(
            "`{}` is not a secret key: it is not text",
            path.display()
        ))
    })?;
    SecretKey::parse(text, path).map_err(Failure::failed)?;
    Ok(Some(key))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let file = match Place::of(path).and_then(|place| place.open()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed(path))?,
    };
    let mut key = Vec::new();
    let read = file.take(LONGEST + 1).read_to_end(&mut key);
    match read.map_err(failed(path))? as u64 {
        0..=LONGEST => Ok(Some(key)),
        _ => Err(Failure::Failed(format!(
            "`{}` is not a secret key: it has more than {LONGEST} bytes",
            path.display()
        ))),
    }
}

fn write(key: &[u8], to: &Path, replace: bool) -> Result<(), Failure> {
    let place = Place::of(to).map_err(failed(to))?;
    let mut file =
        NewFile::create_in(&place.folder, &place.name, replace).map_err(Failure::failed)?;
    let written: io::Result<()> = file.write_all(key);
    written.map_err(failed(to))?;
    file.finish().map_err(Failure::failed)?;
    Ok(())
}

/// Returns the names `unicom.key.before-restore` and then numbered ones, like those of the
/// database.
pub(super) fn before_restore(key: &Path) -> impl Iterator<Item = PathBuf> {
    let name = move |suffix: &str| beside(key, &format!(".before-restore{suffix}"));
    std::iter::once(name("")).chain((2_u64..).map(move |number| name(&format!("-{number}"))))
}

/// Returns the names `unicom.key.1` and so on.
pub(super) fn numbered(key: &Path) -> impl Iterator<Item = PathBuf> {
    (1_u64..).map(move |number| beside(key, &format!(".{number}")))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
