//! `lock`: locks a database against all other processes.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use tempfile::TempDir;
use unicom_db::files::{Entry, Folder, Place, expect_no_journal, same_owner};
use unicom_db::{Db, DbError};

use super::draft::private_folder;
use super::sqlite::{Access, connect, expect_sqlite, is_damage, journal_mode, open, refused};
use crate::BackupError;
use crate::names::beside;

/// How long to wait for a process that has the database open.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database that a restored one will replace.
#[derive(Debug)]
pub enum Replaced<'a> {
    /// There is no database.
    Missing,
    /// The database cannot be read, for this reason.
    Unreadable(String),
    /// The database can be read, and no other process has it open.
    Open(&'a mut Db),
}

/// The state of the existing database. Holds the lock on it until dropped.
pub(super) enum Lock {
    None,
    Unreadable {
        reason: String,
        _file: Option<File>,
    },
    Held {
        db: Db,
        _file: Option<(File, TempDir)>,
    },
}

impl Lock {
    pub(super) fn replaced(&mut self) -> Replaced<'_> {
        match self {
            Self::None => Replaced::Missing,
            Self::Unreadable { reason, .. } => Replaced::Unreadable(reason.clone()),
            Self::Held { db, .. } => Replaced::Open(db),
        }
    }
}

/// Checks that no other process has the database open, and prevents others from opening it, unless
/// it is too damaged to be read. If a private copy is needed, it is created in `near` if that is
/// safe.
///
/// Only the one process that has the database open can leave WAL mode, which empties and removes
/// the log. This also keeps out a process that has opened the file but not read it yet: to begin a
/// log, it would have to write to a file that has lost its name, which SQLite refuses.
///
/// A process loses its locks on a file when it closes any of its handles to the file, so the file
/// must not be opened again before the lock is dropped.
pub(super) fn lock(
    place: &Place,
    path: &Path,
    there: Option<Entry>,
    near: &Folder,
) -> Result<Lock, BackupError> {
    if there.is_none() {
        return Ok(Lock::None);
    }
    let locked = match place.folder.is_safe_by_path() {
        true => by_sqlite(place, path),
        false => by_hand(place, path, near),
    };
    match locked {
        Err(error @ BackupError::NotSqlite { .. }) => Ok(Lock::Unreadable {
            reason: error.to_string(),
            _file: None,
        }),
        locked => locked,
    }
}

fn by_sqlite(place: &Place, path: &Path) -> Result<Lock, BackupError> {
    let mut connection = open(place, path, Access::Write)?;
    let locked = leave_log(&mut connection).and_then(|is_left| {
        if is_left {
            connection.batch_execute("BEGIN EXCLUSIVE")?;
        }
        Ok(is_left)
    });
    held(connection, locked, place, path, None)
}

/// Locks the database as SQLite does, but without SQLite opening anything in a folder that another
/// user may change: a journal there could make it delete any file on the machine. SQLite locks
/// single bytes of the file, and a process that has read it keeps one of them locked; this lock
/// covers all bytes.
///
/// SQLite reads a private copy of the database and its log and leaves WAL mode in the copy, which
/// is then written back to the file. The log stays until that is done, since it has all the
/// differences.
fn by_hand(place: &Place, path: &Path, near: &Folder) -> Result<Lock, BackupError> {
    let failed = BackupError::io(path);
    let Some(file) = wait_for_lock(place).map_err(&failed)? else {
        return Err(BackupError::InUse { path: place.path() });
    };
    if !place.folder.has(&place.name, &file).map_err(&failed)? {
        return Err(failed(refused(path, "was replaced while it was locked")));
    }
    expect_sqlite(&file, path)?;
    expect_no_journal(place, path)?;
    let folder = private_folder(Some(near)).map_err(&failed)?;
    let copy = folder.path().join("database");
    copy_database(place, &file, &copy).map_err(&failed)?;
    let mut connection = connect(&copy, Access::Write)?;
    let locked = leave_log(&mut connection);
    if let Ok(true) = locked {
        write_back(&copy, &file, place).map_err(&failed)?;
    }
    held(connection, locked, place, path, Some((file, folder)))
}

fn wait_for_lock(place: &Place) -> io::Result<Option<File>> {
    let since = Instant::now();
    loop {
        match place.folder.lock_file(&place.name)? {
            None if since.elapsed() < PATIENCE => sleep(Duration::from_millis(50)),
            locked => return Ok(locked),
        }
    }
}

fn write_back(copy: &Path, mut file: &File, place: &Place) -> io::Result<()> {
    let mut copy = File::open(copy)?;
    file.rewind()?;
    let length = io::copy(&mut copy, &mut file)?;
    file.set_len(length)?;
    file.sync_all()?;
    for suffix in ["-wal", "-shm"] {
        match place.folder.remove_file(&place.name_with(suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Copies the open database of `place`, and what a crash left in its log, to a path that only
/// trusted users may write to.
pub(super) fn copy_database(place: &Place, mut database: &File, to: &Path) -> io::Result<()> {
    database.rewind()?;
    copy_to(database, to)?;
    let name = place.name_with("-wal");
    let log = match place.folder.open_file(&name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        log => log?,
    };
    // In a folder that is open to all users, any of them may have put a log beside the database.
    if !same_owner(&log, database)? {
        let path = place.folder.path().join(name);
        return Err(refused(&path, "belongs to another user than its database"));
    }
    copy_to(&log, &beside(to, "-wal"))
}

fn copy_to(mut file: &File, path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::copy(&mut file, &mut options.open(path)?)?;
    Ok(())
}

/// Converts the result of locking the database with SQLite.
fn held(
    connection: SqliteConnection,
    locked: diesel::QueryResult<bool>,
    place: &Place,
    path: &Path,
    file: Option<(File, TempDir)>,
) -> Result<Lock, BackupError> {
    let in_use = BackupError::InUse { path: place.path() };
    match locked {
        Ok(true) => Ok(Lock::Held {
            db: Db::from_sqlite(connection).map_err(BackupError::db(path))?,
            _file: file,
        }),
        Ok(false) => Err(in_use),
        Err(error) if is_damage(&error) => Ok(Lock::Unreadable {
            reason: format!("`{}` is damaged: {error}", path.display()),
            _file: file.map(|(file, _)| file),
        }),
        Err(error) => match DbError::from(error) {
            DbError::Busy => Err(in_use),
            error => Err(BackupError::db(path)(error)),
        },
    }
}

/// Leaves WAL mode. Returns `false` if another process has the database open.
fn leave_log(connection: &mut SqliteConnection) -> diesel::QueryResult<bool> {
    Ok(journal_mode(connection, "DELETE")? == "delete")
}
