//! Export and import of all tables as lines of JSON, readable by either engine.
//!
//! The first line identifies the format and lists the migrations that created the tables. Each
//! following line is a row: every table comes after the tables it refers to, and rows are sorted by
//! key. The last line has the number of rows of each table, so that a truncated file is detected.

mod batch_insert;
mod counters;
mod deferred_rows;
mod error;
mod export;
mod import;
mod insert;
mod line;
mod lines;
mod row;
mod value;

pub use error::TransferError;
pub use export::{count_rows, export};
pub use import::import;

use std::collections::BTreeMap;

use unicom_db::{Db, Migrations};

/// The version of the format. An export with another version is refused.
const FORMAT: u32 = 1;

/// The result of an export or an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// The number of rows of each table, including empty tables.
    pub rows: BTreeMap<String, u64>,
}

impl Transferred {
    /// Returns the number of rows of all tables.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// Returns an error unless exactly the migrations of `sets` have been applied.
fn expect_up_to_date(db: &mut Db, sets: &[&Migrations]) -> Result<(), TransferError> {
    let mut pending = 0;
    for set in sets {
        pending += set.pending(db)?;
    }
    match pending {
        0 => Ok(()),
        pending => Err(TransferError::Pending { pending }),
    }
}
