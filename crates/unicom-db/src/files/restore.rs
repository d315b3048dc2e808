//! `prepare_restore`: a backup in the place of the database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::backup::{
    Access, check, connect, expect_no_journal, expect_sqlite, expect_unicom, missing_or,
    place_of_database,
};
use super::locked::{Lock, Replaced, beside, copy_database, journal_mode, lock};
use super::{BESIDE, FileError, Folder, NewFile, Place, same_file};
use crate::{Db, DbError, Migrations, Tx, transaction};

/// What a restored database came to.
#[derive(Debug)]
pub struct Restored {
    /// Its length in bytes.
    pub bytes: u64,
    /// How many migrations it lacked, which have run on it.
    pub migrated: usize,
    /// Where the database is that was there before.
    pub kept: Option<PathBuf>,
}

/// A backup that has passed every check, and a place that nobody uses: what [`Ready::finish`] exchanges. Dropped, it leaves
/// the database as it was.
pub struct Ready {
    copy: NewFile,
    to: Place,
    there: bool,
    migrated: usize,
    /// Held until the end: who starts meanwhile waits for it, and then fails.
    lock: Lock,
}

/// Makes ready the backup `from` for where the SQLite database `to` is or shall be, which no process may have open. With
/// `replace`, a database that is there will make way for it and be kept under another name. `last` writes into the copy
/// before it is put in place, once its tables are up to date, and may read the database that is
/// there. Returns what `last` returns, too.
///
/// `from` is only read. The copy is known to be whole, of unicom and not newer than this version; `to` is not touched before
/// [`Ready::finish`]. What belongs to the database is best put back between the two.
///
/// # Errors
/// [`FileError`] says what is wrong with which file.
pub fn prepare_restore<T>(
    from: &Path,
    to: &Path,
    replace: bool,
    sets: &[&Migrations],
    last: impl FnOnce(&mut Tx<'_>, Replaced<'_>) -> Result<T, DbError>,
) -> Result<(Ready, T), FileError> {
    if same_file(from, to) {
        return Err(FileError::Itself {
            path: to.to_owned(),
        });
    }
    // The file itself, where its name is a link to it.
    let place = Place::of(to).map_err(FileError::io(to))?;
    let there = place.folder.entry(&place.name).map_err(FileError::io(to))?;
    if there.is_some() && !replace {
        return Err(FileError::Exists { path: place.path() });
    }
    let mut copy = NewFile::begin(place.again().map_err(FileError::io(to))?, true, to)?;
    let (draft, near) = draft(&mut copy, from, to)?;
    let prepared = prepare(&draft, from, sets, || lock(&place, to, there, &near), last);
    // The copy's own name is taken care of; these are not.
    for suffix in BESIDE {
        let _ = fs::remove_file(beside(&draft, suffix));
    }
    let (migrated, lock, value) = prepared?;
    copy.take_written()
        .and_then(|()| take_after(&place, &copy))
        .map_err(FileError::io(to))?;
    let ready = Ready {
        copy,
        to: place,
        there: there.is_some(),
        migrated,
        lock,
    };
    Ok((ready, value))
}

impl Ready {
    /// Exchanges the database, at once.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn finish(self) -> Result<Restored, FileError> {
        let kept = keep(&self.to, self.there).map_err(FileError::io(&self.to.path()))?;
        let bytes = self.copy.finish()?;
        drop(self.lock);
        Ok(Restored {
            bytes,
            migrated: self.migrated,
            kept,
        })
    }
}

/// Copies the backup, and what a crash left in its log, to a draft that can be changed. Returns the
/// path of the copy, and the folder of the backup.
fn draft(copy: &mut NewFile, from: &Path, to: &Path) -> Result<(PathBuf, Folder), FileError> {
    let (reading, writing) = (FileError::io(from), FileError::io(to));
    let source = place_of_database(from)?;
    let file = source.open().map_err(|error| missing_or(error, from))?;
    expect_sqlite(&file, from)?;
    expect_no_journal(&source, from)?;
    let path = copy.path_to_write(Some(&source.folder)).map_err(writing)?;
    copy_database(&source, &file, &path).map_err(reading)?;
    Ok((path, source.folder))
}

/// Looks the copy over and brings it up to date; then keeps others out of the database that is
/// there, and has `last` write into the copy. `from` is what it is called in errors.
fn prepare<T>(
    copy: &Path,
    from: &Path,
    sets: &[&Migrations],
    lock: impl FnOnce() -> Result<Lock, FileError>,
    last: impl FnOnce(&mut Tx<'_>, Replaced<'_>) -> Result<T, DbError>,
) -> Result<(usize, Lock, T), FileError> {
    let failed = FileError::db::<DbError>(from);
    let mut connection = connect(copy, Access::Write)?;
    check(&mut connection, from)?;
    expect_unicom(&mut connection, from)?;
    let mut db = Db::from_sqlite(connection).map_err(&failed)?;
    let mut migrated = 0;
    for set in sets {
        migrated += set.run(&mut db).map_err(&failed)?;
    }
    let mut lock = lock()?;
    let done = transaction(&mut db, |tx| last(tx, lock.replaced())).map_err(&failed)?;
    if let Db::Sqlite(connection) = &mut db {
        // All of it into the one file.
        journal_mode(connection, "DELETE").map_err(FileError::db(from))?;
    }
    Ok((migrated, lock, done.value))
}

/// Has the copy be whose the database was, and be read by whom that was; else be whose its folder is, and be read by nobody
/// else. Opening the database would end its lock.
fn take_after(to: &Place, copy: &NewFile) -> io::Result<()> {
    match to.folder.owner_and_mode(&to.name) {
        Ok((owner, mode)) => copy.take_after(owner, Some(mode)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            copy.take_after(to.folder.owner()?, None)
        }
        Err(error) => Err(error),
    }
}

/// Gives what is there another name, the database a second one: it has its own until the copy takes it.
fn keep(to: &Place, there: bool) -> io::Result<Option<PathBuf>> {
    let kept = unused_name(to)?;
    let Place { folder, name } = to;
    if there && folder.link(name, &kept.name).is_err() {
        // A file system without links: for a moment, there is no database.
        folder.rename(name, &kept.name)?;
    }
    for suffix in BESIDE {
        let leftover = to.name_with(suffix);
        match (suffix, folder.entry(&leftover)?) {
            (_, None) => {}
            // It would be taken for the log of the copy.
            ("-wal" | "-journal", Some(_)) => folder.rename(&leftover, &kept.name_with(suffix))?,
            _ => folder.remove_file(&leftover)?,
        }
    }
    folder.sync()?;
    Ok(there.then(|| kept.path()))
}

/// `unicom.db.before-restore`, or with a number, where nothing is yet.
fn unused_name(to: &Place) -> io::Result<Place> {
    let mut number = 1_u64;
    loop {
        let kept = Place {
            folder: to.folder.again()?,
            name: match number {
                1 => to.name_with(".before-restore"),
                number => to.name_with(&format!(".before-restore-{number}")),
            },
        };
        let mut is_free = kept.folder.entry(&kept.name)?.is_none();
        for suffix in BESIDE {
            is_free &= kept.folder.entry(&kept.name_with(suffix))?.is_none();
        }
        if is_free {
            return Ok(kept);
        }
        number += 1;
    }
}
