//! Everything that the tables hold, as lines of JSON: written by either engine, read back by either.
//!
//! The first line says what it is and which migrations made the tables. Then each row is a line, the tables in an order in
//! which each refers to those before it, the rows in the order of their keys. The last line counts the rows of each table,
//! so that a file which was cut short is told from a whole one.

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
pub use export::export;
pub use import::import;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::{Db, Migrations};

/// The version of the lines' form. One that is higher is refused.
const FORMAT: u32 = 1;

/// How often a transfer that takes long says how far it is.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// What was exported or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// The rows of each table, those without rows too.
    pub rows: BTreeMap<String, u64>,
}

impl Transferred {
    /// All rows.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// The tables that are moved must be those that this version knows.
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

/// Says now and then how far it is.
struct Progress {
    doing: &'static str,
    rows: u64,
    said: Instant,
}

impl Progress {
    fn new(doing: &'static str) -> Self {
        Self {
            doing,
            rows: 0,
            said: Instant::now(),
        }
    }

    fn row_of(&mut self, table: &str) {
        self.rows += 1;
        if self.rows.is_multiple_of(1000) && self.said.elapsed() >= SAY_EVERY {
            self.said = Instant::now();
            log::info!("{} `{table}`: {} rows so far", self.doing, self.rows);
        }
    }
}
