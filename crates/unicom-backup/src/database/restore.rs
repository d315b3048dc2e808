//! `prepare_restore`: replaces the database with a backup.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use unicom_db::files::{
    BESIDE_DATABASE, FileError, Folder, NewFile, Place, expect_no_journal, same_file,
};
use unicom_db::{Db, DbError, Migrations, Tx, by_engine, transaction};

use super::draft::Draft;
use super::lock::{Lock, Replaced, copy_database, lock};
use super::sqlite::{
    Access, check, connect, expect_sqlite, expect_unicom, journal_mode, missing_or,
    place_of_database,
};
use crate::BackupError;
use crate::names::{before_restore, beside};

/// The result of a restore.
#[derive(Debug)]
pub struct Restored {
    /// The length of the database in bytes.
    pub bytes: u64,
    /// The number of migrations that the backup lacked and that were run on it.
    pub migrated: usize,
    /// The path of the previous database, if there was one.
    pub kept: Option<PathBuf>,
}

/// A checked backup and a locked place, ready for [`Ready::finish`]. Dropping it leaves the
/// existing database unchanged.
pub struct Ready {
    copy: NewFile,
    there: bool,
    migrated: usize,
    /// Held until the end. A process that starts in the meantime waits for it, and then fails.
    lock: Lock,
}

/// Prepares the backup `from` to replace the SQLite database `to`, which no process may have open
/// and which may be missing.
///
/// With `replace`, an existing database is replaced and kept under another name. `last` writes to
/// the copy once its tables are up to date and before it is put in place; it may also read the
/// existing database. Returns the result of `last` too.
///
/// `from` is only read. The copy is known to be complete, to be a database of unicom and not to be
/// newer than this version. `to` is not changed before [`Ready::finish`]. Other data that belongs
/// to the database is best restored between the two calls.
///
/// # Errors
/// [`BackupError`], which names the file and the problem.
pub fn prepare_restore<T>(
    from: &Path,
    to: &Path,
    replace: bool,
    sets: &[&Migrations],
    last: impl FnOnce(&mut Tx<'_>, Replaced<'_>) -> Result<T, DbError>,
) -> Result<(Ready, T), BackupError> {
    if same_file(from, to) {
        return Err(BackupError::Itself {
            path: to.to_owned(),
        });
    }
    // The file itself, if its name is a link to it.
    let place = Place::of(to).map_err(BackupError::io(to))?;
    let there = place
        .folder
        .entry(&place.name)
        .map_err(BackupError::io(to))?;
    if there.is_some() && !replace {
        return Err(FileError::Exists { path: place.path() }.into());
    }
    let (draft, near) = draft(NewFile::begin(place, true, to)?, from, to)?;
    let lock = || lock(draft.place(), to, there, &near);
    let prepared = prepare(draft.path(), from, sets, lock, last);
    // The draft removes its own file, but not these.
    for suffix in BESIDE_DATABASE {
        let _ = fs::remove_file(beside(draft.path(), suffix));
    }
    let (migrated, lock, value) = prepared?;
    let copy = draft.into_file().map_err(BackupError::io(to))?;
    copy.take_owner_and_mode().map_err(BackupError::io(to))?;
    let ready = Ready {
        copy,
        there: there.is_some(),
        migrated,
        lock,
    };
    Ok((ready, value))
}

impl Ready {
    /// Replaces the database with the prepared copy.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn finish(self) -> Result<Restored, BackupError> {
        let to = self.copy.place();
        let kept = keep(to, self.there).map_err(BackupError::io(&to.path()))?;
        let bytes = self.copy.finish()?;
        drop(self.lock);
        Ok(Restored {
            bytes,
            migrated: self.migrated,
            kept,
        })
    }
}

/// Copies the backup, and what a crash left in its log, to a draft of `file` that can be changed.
/// Returns the draft and the folder of the backup.
fn draft(file: NewFile, from: &Path, to: &Path) -> Result<(Draft, Folder), BackupError> {
    let source = place_of_database(from)?;
    let database = source.open().map_err(|error| missing_or(error, from))?;
    expect_sqlite(&database, from)?;
    expect_no_journal(&source, from)?;
    let draft = Draft::new(file, Some(&source.folder)).map_err(BackupError::io(to))?;
    copy_database(&source, &database, draft.path()).map_err(BackupError::io(from))?;
    Ok((draft, source.folder))
}

/// Checks the copy and runs its migrations, then locks the existing database and calls `last` to
/// write to the copy. Errors call the copy `from`.
fn prepare<T>(
    copy: &Path,
    from: &Path,
    sets: &[&Migrations],
    lock: impl FnOnce() -> Result<Lock, BackupError>,
    last: impl FnOnce(&mut Tx<'_>, Replaced<'_>) -> Result<T, DbError>,
) -> Result<(usize, Lock, T), BackupError> {
    let failed = BackupError::db::<DbError>(from);
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
    by_engine!(&mut db, Sqlite(connection) => {
        // Moves all data into the one file.
        journal_mode(connection, "DELETE").map_err(BackupError::db(from))?;
    });
    Ok((migrated, lock, done.value))
}

/// Keeps the existing files under another name. The database gets a second name, and has its first
/// one until the copy takes it.
fn keep(to: &Place, there: bool) -> io::Result<Option<PathBuf>> {
    let kept = unused_name(to)?;
    let Place { folder, name } = to;
    if there && folder.link(name, &kept.name).is_err() {
        // The file system has no hard links: for a moment, there is no database.
        folder.rename(name, &kept.name)?;
    }
    for suffix in BESIDE_DATABASE {
        let leftover = to.name_with(suffix);
        match (suffix, folder.entry(&leftover)?) {
            (_, None) => {}
            // SQLite would take it for the log of the copy.
            ("-wal" | "-journal", Some(_)) => folder.rename(&leftover, &kept.name_with(suffix))?,
            _ => folder.remove_file(&leftover)?,
        }
    }
    folder.sync()?;
    Ok(there.then(|| kept.path()))
}

/// Returns the first unused place of `unicom.db.before-restore`, `unicom.db.before-restore-2` and
/// so on.
fn unused_name(to: &Place) -> io::Result<Place> {
    let mut number = 1_u64;
    loop {
        let kept = Place {
            folder: to.folder.again()?,
            name: to.name_with(&before_restore(number)),
        };
        let mut is_free = kept.folder.entry(&kept.name)?.is_none();
        for suffix in BESIDE_DATABASE {
            is_free &= kept.folder.entry(&kept.name_with(suffix))?.is_none();
        }
        if is_free {
            return Ok(kept);
        }
        number += 1;
    }
}
