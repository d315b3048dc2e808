//! The summary that `unicom export` and `unicom import` print at the end.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;
use unicom_backup::Transferred;

use crate::Failure;
use crate::output::{Format, note};

#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    #[serde(skip)]
    done: &'static str,
    /// The number of rows of each table.
    tables: &'a BTreeMap<String, u64>,
    rows: u64,
    duration_ms: u64,
}

impl<'a> Summary<'a> {
    pub fn new(done: &'static str, transferred: &'a Transferred, began: Instant) -> Self {
        Self {
            done,
            tables: &transferred.rows,
            rows: transferred.total(),
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    pub fn say(&self, format: Format) -> Result<(), Failure> {
        format.done(&self.sentence(), self)
    }

    /// Prints the summary to standard error, because standard output contains the export.
    pub fn eprint(&self, format: Format) -> Result<(), Failure> {
        match format {
            Format::Text => note(format_args!("unicom: {}", self.sentence())),
            Format::Json => note(format_args!(
                "{}",
                serde_json::to_string(self).map_err(Failure::failed)?
            )),
        }
        Ok(())
    }

    fn sentence(&self) -> String {
        let rate = self.rows * 1000 / self.duration_ms.max(1);
        format!(
            "{} {} rows of {} tables in {}.{:03} s: {rate} rows/s",
            self.done,
            self.rows,
            self.tables.len(),
            self.duration_ms / 1000,
            self.duration_ms % 1000,
        )
    }
}
