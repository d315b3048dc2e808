//! `backup`: copies a SQLite database while others write to it.

use std::path::Path;

use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use unicom_db::files::{NewFile, same_file};

use super::draft::Draft;
use super::sqlite::{Access, check, connect, expect_unicom, open, place_of_database};
use crate::BackupError;

/// Copies the SQLite database `from` to the new file `to`. Returns the copy's length in bytes.
///
/// The copy contains everything that was committed when it began, and nothing later. Others can
/// read and write in the meantime. With `replace`, an existing file is replaced.
///
/// The copy is written with `VACUUM INTO`, so that it contains no deleted data, and is checked
/// before it gets its name. SQLite's backup interface would copy page by page and start again at
/// each write of another process.
///
/// # Errors
/// [`BackupError`], which names the file and the problem.
pub fn backup(from: &Path, to: &Path, replace: bool) -> Result<u64, BackupError> {
    if same_file(from, to) {
        return Err(BackupError::Itself {
            path: to.to_owned(),
        });
    }
    let mut source = open(&place_of_database(from)?, from, Access::Read)?;
    expect_unicom(&mut source, from)?;
    let copy = Draft::new(NewFile::create(to, replace)?, None).map_err(BackupError::io(to))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(copy.path().to_string_lossy())
        .execute(&mut source)
        .map_err(BackupError::db(from))?;
    drop(source);
    let mut written = connect(copy.path(), Access::Write)?;
    check(&mut written, to)?;
    drop(written);
    let copy = copy.into_file().map_err(BackupError::io(to))?;
    Ok(copy.finish()?)
}
