//! `prepare_restore`: a backup in the place of the database.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection};

use super::backup::{check, expect_unicom, is_damage, open};
use super::new_file::{folder_of, sync_folder_of};
use super::{BESIDE, FileError, NewFile, give_to_owner_of, same_file};
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
    to: PathBuf,
    there: bool,
    migrated: usize,
    /// Held until the end: who starts meanwhile waits for it, and then fails.
    lock: Option<SqliteConnection>,
}

/// Makes ready the backup `from` for where the SQLite database `to` is or shall be, which no process may have open. With
/// `replace`, a database that is there will make way for it and be kept under another name. `last` writes into the copy
/// before it is put in place, where its tables have been brought up to date.
///
/// `from` is only read. The copy is known to be whole, of unicom and not newer than this version; `to` is not touched before
/// [`Ready::finish`]. What belongs to the database is best put back between the two.
///
/// # Errors
/// [`FileError`] says what is wrong with which file.
pub fn prepare_restore(
    from: &Path,
    to: &Path,
    replace: bool,
    sets: &[&Migrations],
    last: impl FnOnce(&mut Tx<'_>) -> Result<(), DbError>,
) -> Result<Ready, FileError> {
    if same_file(from, to) {
        return Err(FileError::Itself {
            path: to.to_owned(),
        });
    }
    // The file itself, where its name is a link to it.
    let to = to.canonicalize().unwrap_or_else(|_| to.to_owned());
    let there = to.symlink_metadata().is_ok();
    if there && !replace {
        return Err(FileError::Exists { path: to });
    }
    drop(open(from)?);
    let copy = copy(from, &to)?;
    let migrated = prepare(copy.part(), from, sets, last)?;
    take_after(&to, copy.part()).map_err(FileError::io(&to))?;
    let lock = if there { lock(&to)? } else { None };
    Ok(Ready {
        copy,
        to,
        there,
        migrated,
        lock,
    })
}

impl Ready {
    /// Exchanges the database, at once.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn finish(self) -> Result<Restored, FileError> {
        let kept = keep(&self.to, self.there).map_err(FileError::io(&self.to))?;
        let bytes = self.copy.finish()?;
        drop(self.lock);
        Ok(Restored {
            bytes,
            migrated: self.migrated,
            kept,
        })
    }
}

/// Makes sure that nobody else has the database open, and that nobody gets in; none where it is too damaged to be asked.
///
/// Only the one process that has it open may leave the mode of the write-ahead log, which empties and removes the log. That
/// also keeps out whoever has opened the file and not read it yet: to begin a log it would have to write to a file that has
/// lost its name, which SQLite refuses.
fn lock(path: &Path) -> Result<Option<SqliteConnection>, FileError> {
    let mut connection = match open(path) {
        Ok(connection) => connection,
        Err(FileError::NotSqlite { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let locked = journal_mode(&mut connection, "DELETE").and_then(|mode| match mode.as_str() {
        "delete" => connection.batch_execute("BEGIN EXCLUSIVE").map(|()| true),
        _ => Ok(false),
    });
    let in_use = FileError::InUse {
        path: path.to_owned(),
    };
    match locked {
        Ok(true) => Ok(Some(connection)),
        Ok(false) => Err(in_use),
        Err(error) if is_damage(&error) => Ok(None),
        Err(error) => match DbError::from(error) {
            DbError::Busy => Err(in_use),
            error => Err(FileError::db(path)(error)),
        },
    }
}

fn journal_mode(connection: &mut SqliteConnection, mode: &str) -> diesel::QueryResult<String> {
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    let row: Mode =
        diesel::sql_query(format!("PRAGMA journal_mode = {mode}")).get_result(connection)?;
    Ok(row.journal_mode)
}

/// Copies the backup beside the place where it shall be, and what a crash left in its log.
fn copy(from: &Path, to: &Path) -> Result<NewFile, FileError> {
    let mut copy = NewFile::create(to, true)?;
    let mut file = File::open(from).map_err(FileError::io(from))?;
    io::copy(&mut file, &mut copy)
        .and_then(|_| copy.flush())
        .map_err(FileError::io(to))?;
    let log = beside(from, "-wal");
    if log.exists() {
        fs::copy(&log, beside(copy.part(), "-wal")).map_err(FileError::io(&log))?;
    }
    Ok(copy)
}

/// Looks the copy over and brings it up to date; how many migrations ran. `from` is what it is called in errors.
fn prepare(
    copy: &Path,
    from: &Path,
    sets: &[&Migrations],
    last: impl FnOnce(&mut Tx<'_>) -> Result<(), DbError>,
) -> Result<usize, FileError> {
    let prepared = prepare_copy(copy, from, sets, last);
    // The copy's own name is taken care of; these are not.
    for suffix in BESIDE {
        let _ = fs::remove_file(beside(copy, suffix));
    }
    prepared
}

fn prepare_copy(
    copy: &Path,
    from: &Path,
    sets: &[&Migrations],
    last: impl FnOnce(&mut Tx<'_>) -> Result<(), DbError>,
) -> Result<usize, FileError> {
    let failed = FileError::db::<DbError>(from);
    let mut connection = open(copy)?;
    check(&mut connection, from)?;
    expect_unicom(&mut connection, from)?;
    let mut db = Db::from_sqlite(connection).map_err(&failed)?;
    let mut migrated = 0;
    for set in sets {
        migrated += set.run(&mut db).map_err(&failed)?;
    }
    transaction(&mut db, last).map_err(&failed)?;
    if let Db::Sqlite(connection) = &mut db {
        // All of it into the one file.
        journal_mode(connection, "DELETE").map_err(FileError::db(from))?;
    }
    Ok(migrated)
}

/// Has the copy be whose the database was, and be read by whom that was; else be whose its folder is, and be read by nobody
/// else.
fn take_after(to: &Path, copy: &Path) -> io::Result<()> {
    match fs::metadata(to) {
        Ok(like) => {
            give_to_owner_of(to, copy)?;
            fs::set_permissions(copy, like.permissions())
        }
        Err(_) => give_to_owner_of(folder_of(to), copy),
    }
}

/// Gives what is there another name, the database a second one: it has its own until the copy takes it.
fn keep(to: &Path, there: bool) -> io::Result<Option<PathBuf>> {
    let kept = unused_name(to);
    if there && fs::hard_link(to, &kept).is_err() {
        // A file system without links: for a moment, there is no database.
        fs::rename(to, &kept)?;
    }
    for suffix in BESIDE {
        let leftover = beside(to, suffix);
        match suffix {
            // It would be taken for the log of the copy.
            "-wal" | "-journal" if leftover.exists() => {
                fs::rename(&leftover, beside(&kept, suffix))?
            }
            _ => match fs::remove_file(&leftover) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
    }
    sync_folder_of(to)?;
    Ok(there.then_some(kept))
}

/// `unicom.db.before-restore`, or with a number, where nothing is yet.
fn unused_name(to: &Path) -> PathBuf {
    let is_free = |path: &PathBuf| {
        path.symlink_metadata().is_err()
            && BESIDE.iter().all(|suffix| !beside(path, suffix).exists())
    };
    let first = beside(to, ".before-restore");
    let others = (2_u64..).map(|number| beside(&first, &format!("-{number}")));
    std::iter::once(first.clone())
        .chain(others)
        .find(is_free)
        .unwrap_or(first)
}

/// The path with something behind it.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
