//! `export`: every row as a line.

use std::io::Write;

use diesel::connection::AnsiTransactionManager;
use unicom_models::UtcTime;

use super::line::{Footer, Header, write_footer, write_row};
use super::row::each_row;
use super::{FORMAT, Progress, TransferError, Transferred, counters, expect_up_to_date};
use crate::connection::transaction::rollback;
use crate::{Db, DbError, Migrations};

/// Writes everything that the tables of `sets` hold to `out`, as it was at one moment: whoever writes meanwhile does not
/// wait and is not seen. Needs little memory, however much there is.
///
/// On SQLite, the write-ahead log cannot be begun anew until it ends.
///
/// # Errors
/// [`TransferError::Pending`] where the tables are older than `sets`, [`DbError::Newer`] where they are newer; or why a row
/// could not be read or written.
pub fn export(
    db: &mut Db,
    sets: &[&Migrations],
    out: &mut dyn Write,
) -> Result<Transferred, TransferError> {
    expect_up_to_date(db, sets)?;
    begin_snapshot(db)?;
    let exported = export_snapshot(db, sets, out);
    // Nothing was written. An error of the export says more than one of the rollback after it.
    let ended = rollback(db).map_err(DbError::from);
    let exported = exported?;
    ended?;
    Ok(exported)
}

/// Begins a transaction that sees one moment, and lets everybody write.
fn begin_snapshot(db: &mut Db) -> Result<(), DbError> {
    Ok(match db {
        Db::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
        Db::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
    }?)
}

fn export_snapshot(
    db: &mut Db,
    sets: &[&Migrations],
    out: &mut dyn Write,
) -> Result<Transferred, TransferError> {
    let mut migrations = Vec::new();
    for set in sets {
        migrations.extend(set.versions(db.engine())?);
    }
    let header = Header {
        unicom_export: FORMAT,
        unicom_version: env!("CARGO_PKG_VERSION").to_owned(),
        migrations,
        exported_at: UtcTime::now(),
    };
    let mut line = Vec::new();
    let header = serde_json::to_writer(&mut line, &header).map_err(std::io::Error::from);
    header
        .and_then(|()| out.write_all(&line))
        .and_then(|()| out.write_all(b"\n"))
        .map_err(TransferError::cannot_write)?;

    let mut footer = Footer::default();
    let mut progress = Progress::new("exporting");
    for table in sets.iter().flat_map(|set| (set.tables)()) {
        let mut rows = 0;
        each_row(db, &table, |row| {
            rows += 1;
            line.clear();
            write_row(&mut line, &table, row).map_err(|error| TransferError::Row {
                table: table.name,
                row: rows,
                reason: error.to_string(),
            })?;
            progress.row_of(table.name);
            out.write_all(&line).map_err(TransferError::cannot_write)
        })?;
        footer.rows.insert(table.name.to_owned(), rows);
        if table.has_counter() {
            let last = counters::last_number(db, &table)?;
            footer.counters.insert(table.name.to_owned(), last);
        }
    }
    line.clear();
    write_footer(&mut line, &footer)
        .and_then(|()| out.write_all(&line))
        .and_then(|()| out.flush())
        .map_err(TransferError::cannot_write)?;
    Ok(Transferred { rows: footer.rows })
}
