//! Puts one secret key in the place of another, which is never lost.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use unicom_db::files::{NewFile, give_to_owner_of};

use super::kept_files::{Copied, failed};
use crate::Failure;

/// Whether there are two keys, and they differ.
pub(super) fn is_other(one: &Path, other: &Path) -> Result<bool, Failure> {
    Ok(match (read(one)?, read(other)?) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    })
}

/// Copies the key `from` to `to`. Another key that is there is kept beside, under the first of `names` that is free or has
/// it already: where this was stopped after that, and runs again.
pub(super) fn put(
    from: &Path,
    to: &Path,
    names: impl Iterator<Item = PathBuf>,
    copied: &mut Copied,
) -> Result<(), Failure> {
    let Some(key) = read(from)? else {
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
    Err(Failure::failed("there is no name for the former key"))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(failed(path)),
    }
}

fn write(key: &[u8], to: &Path, replace: bool) -> Result<(), Failure> {
    let mut file = NewFile::create(to, replace).map_err(Failure::failed)?;
    let written: io::Result<()> = file.write_all(key);
    written.map_err(failed(to))?;
    give_to_owner_of(to.parent().unwrap_or(to), file.part()).map_err(failed(to))?;
    file.finish().map_err(Failure::failed)?;
    Ok(())
}

/// `unicom.key.before-restore`, then with numbers, as the database's.
pub(super) fn before_restore(key: &Path) -> impl Iterator<Item = PathBuf> {
    let name = move |suffix: &str| beside(key, &format!(".before-restore{suffix}"));
    std::iter::once(name("")).chain((2_u64..).map(move |number| name(&format!("-{number}"))))
}

/// `unicom.key.1` and so on.
pub(super) fn numbered(key: &Path) -> impl Iterator<Item = PathBuf> {
    (1_u64..).map(move |number| beside(key, &format!(".{number}")))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
