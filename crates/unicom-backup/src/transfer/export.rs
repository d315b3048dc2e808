//! `export`: writes every row as a line.

use std::io::Write;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl};
use unicom_db::{Db, DbError, Migrations, by_engine, on_engine};
use unicom_models::UtcTime;

use super::line::{Footer, Header, write_footer, write_row};
use super::row::each_row;
use super::{FORMAT, TransferError, Transferred, counters, expect_up_to_date};

/// Returns the number of rows of the tables of `sets`.
///
/// # Errors
/// Returns an error if a table cannot be read.
pub fn count_rows(db: &mut Db, sets: &[&Migrations]) -> Result<u64, DbError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let mut rows = 0;
    for table in sets.iter().flat_map(|set| (set.tables)()) {
        let query = format!("SELECT count(*) AS rows FROM {}", table.name());
        let count: Count = on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?;
        rows += count.rows.unsigned_abs();
    }
    Ok(rows)
}

/// Writes all rows of the tables of `sets` to `out`, as of one point in time. Calls `on_row` with
/// the table of each row.
///
/// Concurrent writers are not blocked, and their changes are not included. The memory used does not
/// depend on the number of rows. On SQLite, the write-ahead log cannot be reset until the export
/// ends.
///
/// # Errors
/// Returns [`TransferError::Pending`] if the tables are older than `sets`, [`DbError::Newer`] if
/// they are newer, or an error if a row cannot be read or written.
pub fn export(
    db: &mut Db,
    sets: &[&Migrations],
    out: &mut dyn Write,
    on_row: &mut dyn FnMut(&str),
) -> Result<Transferred, TransferError> {
    expect_up_to_date(db, sets)?;
    begin_snapshot(db)?;
    let exported = export_snapshot(db, sets, out, on_row);
    // Nothing was written. If both fail, the error of the export is the more useful one.
    let ended = on_engine!(db, conn => AnsiTransactionManager::rollback_transaction(conn));
    let ended = ended.map_err(DbError::from);
    let exported = exported?;
    ended?;
    Ok(exported)
}

/// Begins a read-only transaction that sees one point in time and does not block writers.
fn begin_snapshot(db: &mut Db) -> Result<(), DbError> {
    Ok(by_engine!(
        db,
        Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
        Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
    )?)
}

fn export_snapshot(
    db: &mut Db,
    sets: &[&Migrations],
    out: &mut dyn Write,
    on_row: &mut dyn FnMut(&str),
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
    for table in sets.iter().flat_map(|set| (set.tables)()) {
        let mut rows = 0;
        each_row(db, &table, |row| {
            rows += 1;
            line.clear();
            write_row(&mut line, &table, row).map_err(|error| TransferError::Row {
                table: table.name(),
                row: rows,
                reason: error.to_string(),
            })?;
            on_row(table.name());
            out.write_all(&line).map_err(TransferError::cannot_write)
        })?;
        footer.rows.insert(table.name().to_owned(), rows);
        if counters::has_counter(&table) {
            let last = counters::last_number(db, &table)?;
            footer.counters.insert(table.name().to_owned(), last);
        }
    }
    line.clear();
    write_footer(&mut line, &footer)
        .and_then(|()| out.write_all(&line))
        .and_then(|()| out.flush())
        .map_err(TransferError::cannot_write)?;
    Ok(Transferred { rows: footer.rows })
}
