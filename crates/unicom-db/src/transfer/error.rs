//! `TransferError`: why an export or an import ended.

use diesel::result::Error as DieselError;

use crate::DbError;

/// Why an export or an import ended. Of an import, nothing is kept then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The database failed, or its tables are not those of this version.
    #[error(transparent)]
    Db(#[from] DbError),
    /// What is exported cannot be written, or what is imported cannot be read.
    #[error("{doing}: {source}")]
    Io {
        /// Which of the two: `cannot write the export`.
        doing: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A row cannot be exported: it holds what its table may not hold.
    #[error("row {row} of `{table}` cannot be exported: {reason}")]
    Row {
        /// The row's table.
        table: &'static str,
        /// Which row of its table, in the order of keys, from 1.
        row: u64,
        /// What is wrong.
        reason: String,
    },
    /// The tables of the database were not made by this version.
    #[error("{pending} migrations have not run: `unicom migrate` runs them")]
    Pending {
        /// How many have not run.
        pending: usize,
    },
    /// A line is not as it should be.
    #[error("line {line}: {reason}")]
    Line {
        /// The line's number, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The database that was to be imported into has rows.
    #[error("the database is not empty: `{table}` has rows; import into a new one")]
    NotEmpty {
        /// A table with rows.
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
