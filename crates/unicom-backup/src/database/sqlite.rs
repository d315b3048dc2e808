//! Opens and checks SQLite databases that another user may have written.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};
use unicom_db::files::{BESIDE_DATABASE, FileError, Place};

use crate::BackupError;

/// The first bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Returns the place of an existing SQLite database. Errors call it `path`.
pub(super) fn place_of_database(path: &Path) -> Result<Place, BackupError> {
    Place::of(path).map_err(|error| missing_or(error, path))
}

pub(super) fn missing_or(error: io::Error, path: &Path) -> BackupError {
    match error.kind() {
        io::ErrorKind::NotFound => BackupError::Missing {
            path: path.to_owned(),
        },
        _ => BackupError::io(path)(error),
    }
}

/// How SQLite opens a database. It never creates one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    /// Read only. A journal beside the database is not played back: it may name any file on the
    /// machine, which SQLite would delete with the rights of this process.
    Read,
    /// Read and write, and play back a journal beside the database.
    Write,
}

/// Opens an existing SQLite database. Errors call it `path`.
///
/// SQLite opens the database and the files beside it by name. Each of them is therefore checked
/// first, and afterwards that the names still lead to the same file. SQLite follows links to the
/// database and reports the path that it opened; it does not follow links beside it.
pub(super) fn open(
    place: &Place,
    path: &Path,
    access: Access,
) -> Result<SqliteConnection, BackupError> {
    let failed = BackupError::io(path);
    let file = place.open().map_err(|error| missing_or(error, path))?;
    for suffix in BESIDE_DATABASE {
        let name = place.name_with(suffix);
        let beside = place.folder.expect_file_or_nothing(&name);
        beside.map_err(&failed)?;
    }
    expect_sqlite(&file, path)?;
    let mut connection = connect(&place.path(), access)?;
    let opened = opened_path(&mut connection).map_err(BackupError::db(path))?;
    let is_same = opened == place.path().to_string_lossy()
        && place.folder.has(&place.name, &file).map_err(&failed)?
        && Place::of(&place.path())
            .and_then(|again| again.folder.has(&again.name, &file))
            .map_err(&failed)?;
    match is_same {
        true => Ok(connection),
        false => Err(failed(refused(path, "was replaced while it was opened"))),
    }
}

/// Checks that an open file begins like a SQLite database. Errors call it `path`.
pub(super) fn expect_sqlite(mut file: &File, path: &Path) -> Result<(), BackupError> {
    let mut first = [0; MAGIC.len()];
    match file.read_exact(&mut first) {
        Ok(()) if first == *MAGIC => Ok(()),
        _ => Err(BackupError::NotSqlite {
            path: path.to_owned(),
        }),
    }
}

/// Opens an existing SQLite database by its path.
pub(super) fn connect(path: &Path, access: Access) -> Result<SqliteConnection, BackupError> {
    let mut connection = SqliteConnection::establish(&address(path, access))
        .map_err(|error| BackupError::io(path)(io::Error::other(error)))?;
    connection
        .batch_execute("PRAGMA busy_timeout = 5000")
        .map_err(BackupError::db(path))?;
    Ok(connection)
}

/// Returns the URI with which SQLite opens a file with this access. All bytes with a special
/// meaning are escaped.
#[cfg(unix)]
fn address(path: &Path, access: Access) -> String {
    let mut uri = String::from("file:");
    for byte in std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()) {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str(match access {
        Access::Read => "?mode=ro",
        Access::Write => "?mode=rw",
    });
    uri
}

/// Returns the path. On this system, no file can belong to another user.
#[cfg(not(unix))]
fn address(path: &Path, _access: Access) -> String {
    path.to_string_lossy().into_owned()
}

/// Returns the path, without links, of the file that SQLite has opened.
fn opened_path(connection: &mut SqliteConnection) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Opened {
        #[diesel(sql_type = Text)]
        file: String,
    }
    // The first row is the main database. SQLite answers this without reading the file.
    let row: Opened = diesel::sql_query("PRAGMA database_list").get_result(connection)?;
    Ok(row.file)
}

/// Checks that the database is one of unicom.
pub(super) fn expect_unicom(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), BackupError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        tables: i64,
    }
    let query = "SELECT count(*) AS tables FROM sqlite_schema \
                 WHERE name IN ('unicom_channels', 'unicom_messages', '__diesel_schema_migrations')";
    let row: Count = diesel::sql_query(query)
        .get_result(connection)
        .map_err(|error| damaged(error, path))?;
    match row.tables {
        3 => Ok(()),
        _ => Err(BackupError::NotUnicom {
            path: path.to_owned(),
        }),
    }
}

/// Runs SQLite's check of all pages and indexes. Errors call the database `path`.
pub(super) fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), BackupError> {
    #[derive(QueryableByName)]
    struct Finding {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let finding: Finding = diesel::sql_query("PRAGMA integrity_check(1)")
        .get_result(connection)
        .map_err(|error| damaged(error, path))?;
    match finding.integrity_check.as_str() {
        "ok" => Ok(()),
        reason => Err(BackupError::Damaged {
            path: path.to_owned(),
            reason: reason.replace('\n', " "),
        }),
    }
}

/// Converts an error of SQLite about a database that it cannot read.
fn damaged(error: diesel::result::Error, path: &Path) -> BackupError {
    if error.to_string().contains("readonly database") {
        // The database was opened read only, but SQLite has to write to it if it has a journal.
        BackupError::File(FileError::Unfinished {
            path: path.to_owned(),
        })
    } else if is_damage(&error) {
        BackupError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        }
    } else {
        BackupError::db(path)(error)
    }
}

/// Returns `true` if the message is that of SQLITE_CORRUPT or SQLITE_NOTADB, for which diesel has
/// no error kind.
pub(super) fn is_damage(error: &diesel::result::Error) -> bool {
    let said = error.to_string();
    ["malformed", "is not a database"]
        .iter()
        .any(|words| said.contains(words))
}

/// Sets the journal mode. Returns the mode that the database has then.
pub(super) fn journal_mode(connection: &mut SqliteConnection, mode: &str) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    let row: Mode =
        diesel::sql_query(format!("PRAGMA journal_mode = {mode}")).get_result(connection)?;
    Ok(row.journal_mode)
}

/// Returns the error for a `path` that is not used, with the reason.
pub(super) fn refused(path: &Path, reason: &str) -> io::Error {
    let text = format!("`{}` {reason}", path.display());
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}
