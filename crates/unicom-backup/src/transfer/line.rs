//! The format of the lines of an export.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use unicom_db::tables::{Column, Table};
use unicom_models::UtcTime;

use super::FORMAT;
use super::value::Value;

/// The first line, which identifies the export.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// The version of the format, [`FORMAT`]. The key identifies the file as an export.
    pub unicom_export: u32,
    /// The version of unicom that wrote the export.
    pub unicom_version: String,
    /// The migrations that created the tables.
    pub migrations: Vec<String>,
    /// When the export was written.
    pub exported_at: UtcTime,
}

/// A line after the header: a row of a table, or the footer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    pub table: Option<&'a str>,
    #[serde(borrow)]
    pub row: Option<HashMap<&'a str, &'a RawValue>>,
    pub footer: Option<Footer>,
}

/// The last line, which distinguishes a complete export from a truncated one.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Footer {
    /// The number of rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// The last generated number of each table whose keys the engine generates from a counter.
    pub counters: BTreeMap<String, i64>,
}

impl Header {
    /// Parses the first line. Returns a description of the problem if it is invalid.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Format {
            unicom_export: u32,
        }
        let not_one = |_| "this is not a unicom export".to_owned();
        let Format { unicom_export } = serde_json::from_str(text).map_err(not_one)?;
        if unicom_export != FORMAT {
            return Err(format!(
                "the export has format version {unicom_export}, this unicom reads version {FORMAT}: use the unicom that wrote it"
            ));
        }
        serde_json::from_str(text).map_err(|error| format!("the header is invalid: {error}"))
    }
}

pub(super) fn write_row(out: &mut Vec<u8>, table: &Table, row: &[Value]) -> io::Result<()> {
    write!(out, "{{\"table\":\"{}\",\"row\":{{", table.name())?;
    for (index, (column, value)) in table.columns().iter().zip(row).enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}\"{}\":", column.name)?;
        value.write(out)?;
    }
    out.extend(b"}}\n");
    Ok(())
}

pub(super) fn write_footer(out: &mut Vec<u8>, footer: &Footer) -> io::Result<()> {
    out.extend(b"{\"footer\":");
    serde_json::to_writer(&mut *out, footer)?;
    out.extend(b"}\n");
    Ok(())
}

/// Returns the values of a row in the order of the table's columns, or a description of what is
/// wrong with the row.
pub(super) fn values(
    table: &Table,
    mut row: HashMap<&str, &RawValue>,
) -> Result<Vec<Value>, String> {
    let value = |column: &Column| {
        let raw = row
            .remove(column.name)
            .ok_or_else(|| format!("`{}` is missing", column.name))?;
        Value::from_json(column, raw).map_err(|why| format!("`{}` {why}", column.name))
    };
    let values = table
        .columns()
        .iter()
        .map(value)
        .collect::<Result<_, _>>()?;
    match row.into_keys().min() {
        Some(unknown) => Err(format!("`{}` has no column `{unknown}`", table.name())),
        None => Ok(values),
    }
}
