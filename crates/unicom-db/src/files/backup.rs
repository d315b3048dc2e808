//! `backup`: a copy of a SQLite database that others write to.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use super::entry::{Entry, refused};
use super::{BESIDE, FileError, NewFile, Place, same_file};

/// The first bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Copies the SQLite database `from` into the new file `to`: everything that was committed when it began, and nothing that
/// came later. Others go on reading and writing. With `replace`, a file that is there is replaced. The copy's length in
/// bytes.
///
/// It writes the copy anew (`VACUUM INTO`), so that nothing that was deleted is in it, and checks it before it gets its name.
/// SQLite's backup interface would copy page by page and begin again with every write of another process.
///
/// # Errors
/// [`FileError`] says what is wrong with which file.
pub fn backup(from: &Path, to: &Path, replace: bool) -> Result<u64, FileError> {
    if same_file(from, to) {
        return Err(FileError::Itself {
            path: to.to_owned(),
        });
    }
    let mut source = open(&place_of_database(from)?, from, Access::Read)?;
    expect_unicom(&mut source, from)?;
    let mut copy = NewFile::create(to, replace)?;
    let path = copy.path_to_write(None).map_err(FileError::io(to))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(path.to_string_lossy())
        .execute(&mut source)
        .map_err(FileError::db(from))?;
    drop(source);
    let mut written = connect(&path, Access::Write)?;
    check(&mut written, to)?;
    drop(written);
    copy.take_written().map_err(FileError::io(to))?;
    copy.finish()
}

/// Returns the place of a SQLite database that is there. `path` is what it is called in errors.
pub(super) fn place_of_database(path: &Path) -> Result<Place, FileError> {
    Place::of(path).map_err(|error| missing_or(error, path))
}

pub(super) fn missing_or(error: io::Error, path: &Path) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing {
            path: path.to_owned(),
        },
        _ => FileError::io(path)(error),
    }
}

/// What SQLite may do to a database that it opens. It creates none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    /// Only read it. A journal beside it is not played back: it may name any file of the machine,
    /// which SQLite would delete with the rights of this process.
    Read,
    /// Change it, and play back a journal beside it.
    Write,
}

/// Opens a SQLite database that is there. `path` is what it is called in errors.
///
/// SQLite opens it, and what is beside it, by name. In a stranger's folder each of them is looked at
/// before, and that the names still lead to the same file afterwards: SQLite follows links to the
/// database, says where it came to, and follows none of those beside it.
pub(super) fn open(
    place: &Place,
    path: &Path,
    access: Access,
) -> Result<SqliteConnection, FileError> {
    let failed = FileError::io(path);
    let file = place.open().map_err(|error| missing_or(error, path))?;
    for suffix in BESIDE {
        let name = place.name_with(suffix);
        let beside = place.folder.expect_file_or_nothing(&name);
        beside.map_err(&failed)?;
    }
    expect_sqlite(&file, path)?;
    let mut connection = connect(&place.path(), access)?;
    let opened = opened_path(&mut connection).map_err(FileError::db(path))?;
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

/// Makes sure that an open file begins as a SQLite database does. `path` is what it is called in
/// errors.
pub(super) fn expect_sqlite(mut file: &File, path: &Path) -> Result<(), FileError> {
    let mut first = [0; MAGIC.len()];
    match file.read_exact(&mut first) {
        Ok(()) if first == *MAGIC => Ok(()),
        _ => Err(FileError::NotSqlite {
            path: path.to_owned(),
        }),
    }
}

/// Makes sure that no journal is beside a database.
pub(super) fn expect_no_journal(place: &Place, path: &Path) -> Result<(), FileError> {
    let journal = place.folder.entry(&place.name_with("-journal"));
    match journal.map_err(FileError::io(path))? {
        None | Some(Entry::File(0)) => Ok(()),
        Some(_) => Err(FileError::Unfinished {
            path: path.to_owned(),
        }),
    }
}

/// Opens a SQLite database that is there by its path.
pub(super) fn connect(path: &Path, access: Access) -> Result<SqliteConnection, FileError> {
    let mut connection = SqliteConnection::establish(&address(path, access))
        .map_err(|error| FileError::io(path)(io::Error::other(error)))?;
    connection
        .batch_execute("PRAGMA busy_timeout = 5000")
        .map_err(FileError::db(path))?;
    Ok(connection)
}

/// Returns the URI by which SQLite opens a file so. Every byte with a meaning there is escaped.
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

/// Returns the path: files have no owner that could be another user's on this system.
#[cfg(not(unix))]
fn address(path: &Path, _access: Access) -> String {
    path.to_string_lossy().into_owned()
}

/// Returns the path of the file that SQLite has opened, without links.
fn opened_path(connection: &mut SqliteConnection) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Opened {
        #[diesel(sql_type = Text)]
        file: String,
    }
    // The first row is the main database. It is known without reading any of it.
    let row: Opened = diesel::sql_query("PRAGMA database_list").get_result(connection)?;
    Ok(row.file)
}

/// Whether the database is one of unicom.
pub(super) fn expect_unicom(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), FileError> {
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
        _ => Err(FileError::NotUnicom {
            path: path.to_owned(),
        }),
    }
}

/// Has SQLite look at every page and every index. `path` is what the database is called in errors.
pub(super) fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), FileError> {
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
        reason => Err(FileError::Damaged {
            path: path.to_owned(),
            reason: reason.replace('\n', " "),
        }),
    }
}

/// What SQLite says of a file that it cannot make sense of is about the file.
fn damaged(error: diesel::result::Error, path: &Path) -> FileError {
    if error.to_string().contains("readonly database") {
        // It was only to be read, which takes a change where a journal is.
        FileError::Unfinished {
            path: path.to_owned(),
        }
    } else if is_damage(&error) {
        FileError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        }
    } else {
        FileError::db(path)(error)
    }
}

/// SQLite's words for SQLITE_CORRUPT and SQLITE_NOTADB, which have no kind in diesel.
pub(super) fn is_damage(error: &diesel::result::Error) -> bool {
    let said = error.to_string();
    ["malformed", "is not a database"]
        .iter()
        .any(|words| said.contains(words))
}
