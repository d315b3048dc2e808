//! The lines of an export.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use unicom_models::UtcTime;

use super::FORMAT;
use super::value::Value;
use crate::tables::Table;

/// The first line: what it is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`FORMAT`], by which an export is known.
    pub unicom_export: u32,
    /// The version that wrote it.
    pub unicom_version: String,
    /// The migrations that made the tables.
    pub migrations: Vec<String>,
    /// When.
    pub exported_at: UtcTime,
}

/// Every line after it: a row of a table, or the footer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    pub table: Option<&'a str>,
    #[serde(borrow)]
    pub row: Option<HashMap<&'a str, &'a RawValue>>,
    pub footer: Option<Footer>,
}

/// The last line, by which a whole export is told from a part of one.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Footer {
    /// The rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// The last number that was given in tables whose keys the engine counts up.
    pub counters: BTreeMap<String, i64>,
}

impl Header {
    /// Reads the first line; or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Format {
            unicom_export: u32,
        }
        let not_one = |_| "this is no export of unicom".to_owned();
        let Format { unicom_export } = serde_json::from_str(text).map_err(not_one)?;
        if unicom_export != FORMAT {
            return Err(format!(
                "the export's form is version {unicom_export}, this unicom knows {FORMAT}: use the unicom that wrote it"
            ));
        }
        serde_json::from_str(text).map_err(|error| format!("the header is wrong: {error}"))
    }
}

/// Writes a row.
pub(super) fn write_row(out: &mut Vec<u8>, table: &Table, row: &[Value]) -> io::Result<()> {
    write!(out, "{{\"table\":\"{}\",\"row\":{{", table.name)?;
    for (index, (column, value)) in table.columns.iter().zip(row).enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}\"{}\":", column.name)?;
        value.write(out)?;
    }
    out.extend(b"}}\n");
    Ok(())
}

/// Writes the footer.
pub(super) fn write_footer(out: &mut Vec<u8>, footer: &Footer) -> io::Result<()> {
    out.extend(b"{\"footer\":");
    serde_json::to_writer(&mut *out, footer)?;
    out.extend(b"}\n");
    Ok(())
}

/// The values of a row in the order of the table's columns; or what is wrong with it.
pub(super) fn values(
    table: &Table,
    mut row: HashMap<&str, &RawValue>,
) -> Result<Vec<Value>, String> {
    let value = |column: &crate::tables::Column| {
        let raw = row
            .remove(column.name)
            .ok_or_else(|| format!("`{}` is missing", column.name))?;
        Value::from_json(column, raw).map_err(|why| format!("`{}` {why}", column.name))
    };
    let values = table.columns.iter().map(value).collect::<Result<_, _>>()?;
    match row.into_keys().min() {
        Some(unknown) => Err(format!("`{}` has no column `{unknown}`", table.name)),
        None => Ok(values),
    }
}
