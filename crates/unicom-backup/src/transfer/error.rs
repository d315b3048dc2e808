//! `TransferError`: the error type of exports and imports.

use diesel::result::Error as DieselError;

use unicom_db::DbError;

/// An error of an export or an import. A failed import stores nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The database failed, or a later version has migrated it.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The export could not be written or read.
    #[error("{doing}: {source}")]
    Io {
        /// What failed: `cannot write the export` or `cannot read the export`.
        doing: &'static str,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A row cannot be exported, because it has a value that its table does not allow.
    #[error("row {row} of `{table}` cannot be exported: {reason}")]
    Row {
        /// The table of the row.
        table: &'static str,
        /// The number of the row in its table, in the order of keys, from 1.
        row: u64,
        /// What is wrong with the row.
        reason: String,
    },
    /// The database has pending migrations.
    #[error("{pending} migrations have not run: `unicom migrate` runs them")]
    Pending {
        /// The number of pending migrations.
        pending: usize,
    },
    /// A line of the export is invalid.
    #[error("line {line}: {reason}")]
    Line {
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong with the line.
        reason: String,
    },
    /// The database to import into is not empty.
    #[error("the database is not empty: `{table}` has rows; import into a new one")]
    NotEmpty {
        /// A table that has rows.
        table: &'static str,
    },
}

impl TransferError {
    pub(super) fn line(line: u64, reason: impl Into<String>) -> Self {
        Self::Line {
            line,
            reason: reason.into(),
        }
    }

    pub(super) fn cannot_write(source: std::io::Error) -> Self {
        Self::Io {
            doing: "cannot write the export",
            source,
        }
    }

    pub(super) fn cannot_read(source: std::io::Error) -> Self {
        Self::Io {
            doing: "cannot read the export",
            source,
        }
    }
}

impl From<DieselError> for TransferError {
    fn from(error: DieselError) -> Self {
        Self::Db(error.into())
    }
}
