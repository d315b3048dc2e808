//! `BatchInsert`: stores the rows of a table several at a time.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use unicom_db::tables::Table;
use unicom_db::{Db, on_engine};

use super::TransferError;
use super::deferred_rows::{DeferredRows, NumberedRow};
use super::insert::{insert, rows_at_once};

/// A table whose rows are being imported.
pub(super) struct BatchInsert<'a> {
    pub table: &'a Table,
    ready: Vec<NumberedRow>,
    waiting: DeferredRows,
}

impl<'a> BatchInsert<'a> {
    pub fn new(table: &'a Table) -> Self {
        Self {
            table,
            ready: Vec::new(),
            waiting: DeferredRows::default(),
        }
    }

    pub fn take(&mut self, db: &mut Db, row: NumberedRow) -> Result<(), TransferError> {
        self.ready
            .extend(self.waiting.keep_or_pass(self.table, row));
        if self.ready.len() >= rows_at_once(self.table) {
            store(db, self.table, std::mem::take(&mut self.ready))?;
        }
        Ok(())
    }

    /// Stores the remaining rows and returns the name of the table.
    pub fn end(self, db: &mut Db) -> Result<&'static str, TransferError> {
        store(db, self.table, self.ready)?;
        let mut waiting = self.waiting.into_order(self.table).map_err(|line| {
            TransferError::line(line, "the row refers to itself by way of other rows")
        })?;
        while !waiting.is_empty() {
            let rest = waiting.split_off(rows_at_once(self.table).min(waiting.len()));
            store(db, self.table, waiting)?;
            waiting = rest;
        }
        Ok(self.table.name())
    }
}

/// Stores rows with one statement in a savepoint. If the database refuses it, stores them one by
/// one to find the line at fault.
fn store(db: &mut Db, table: &Table, rows: Vec<NumberedRow>) -> Result<(), TransferError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (lines, rows): (Vec<u64>, Vec<_>) = rows.into_iter().map(|row| (row.line, row.row)).unzip();
    on_engine!(db, conn => AnsiTransactionManager::begin_transaction(conn))?;
    let Err(error) = insert(db, table, &rows) else {
        on_engine!(db, conn => AnsiTransactionManager::commit_transaction(conn))?;
        return Ok(());
    };
    // If this fails, the whole transaction has ended, and single rows would be stored for good.
    on_engine!(db, conn => AnsiTransactionManager::rollback_transaction(conn))?;
    for (line, row) in lines.iter().zip(rows.chunks(1)) {
        insert(db, table, row)
            .map_err(|error| TransferError::line(*line, refused(table, &error)))?;
    }
    // Each row was accepted by itself, so the error concerns the rows together.
    Err(error.into())
}

fn refused(table: &Table, error: &diesel::result::Error) -> String {
    format!(
        "the database refuses the row of `{}`: {error}",
        table.name()
    )
}
