//! `backup`: a copy of a SQLite database that others write to.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::{FileError, NewFile, same_file};

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
    let mut source = open(from)?;
    expect_unicom(&mut source, from)?;
    let copy = NewFile::create(to, replace)?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(copy.part().to_string_lossy())
        .execute(&mut source)
        .map_err(FileError::db(from))?;
    drop(source);
    let mut written = open(copy.part())?;
    check(&mut written, to)?;
    drop(written);
    copy.finish()
}

/// Opens a SQLite database that is there.
pub(super) fn open(path: &Path) -> Result<SqliteConnection, FileError> {
    let failed = FileError::io(path);
    match std::fs::File::open(path) {
        Ok(mut file) => {
            let mut first = [0; MAGIC.len()];
            let read = std::io::Read::read_exact(&mut file, &mut first);
            if read.is_err() || first != *MAGIC {
                return Err(FileError::NotSqlite {
                    path: path.to_owned(),
                });
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(FileError::Missing {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(failed(error)),
    }
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| failed(std::io::Error::other(error)))?;
    connection
        .batch_execute("PRAGMA busy_timeout = 5000")
        .map_err(FileError::db(path))?;
    Ok(connection)
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
    if is_damage(&error) {
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
