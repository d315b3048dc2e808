//! Log lines for programs: one JSON object with `time`, `level`, `target`, `message`, and the
//! record's fields.

use std::io;

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::{Error, Key, Value, VisitSource};
use serde::ser::{Serialize, SerializeMap, Serializer};
use unicom_models::UtcTime;

use super::line;

/// The fields that every line has. A field of a record with one of these names gets the suffix `_`.
const OURS: [&str; 4] = ["time", "level", "target", "message"];

/// Writes a record as a line.
pub(super) fn write(buffer: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    io::Write::write_all(buffer, &line(record)?)?;
    line::end(buffer)
}

/// Returns the JSON object of a record, without a line break.
pub(super) fn line(record: &Record<'_>) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(256);
    serde_json::to_writer(&mut line, &Line(record))?;
    Ok(line)
}

struct Line<'a>(&'a Record<'a>);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("time", &UtcTime::now())?;
        map.serialize_entry("level", record.level().as_str())?;
        map.serialize_entry("target", record.target())?;
        map.serialize_entry("message", record.args())?;
        if let Some(id) = line::request_id(record) {
            map.serialize_entry(line::REQUEST_ID, &id)?;
        }
        let mut fields = Fields {
            map: &mut map,
            failed: None,
        };
        let visited = record.key_values().visit(&mut fields);
        match fields.failed {
            Some(error) => return Err(error),
            None => visited.map_err(serde::ser::Error::custom)?,
        }
        map.end()
    }
}

/// Adds the fields of a record to the object.
struct Fields<'a, M: SerializeMap> {
    map: &'a mut M,
    failed: Option<M::Error>,
}

impl<'kvs, M: SerializeMap> VisitSource<'kvs> for Fields<'_, M> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let name = key.as_str();
        let written = if OURS.contains(&name) {
            self.map.serialize_entry(&format!("{name}_"), &Field(value))
        } else {
            self.map.serialize_entry(name, &Field(value))
        };
        written.map_err(|error| {
            self.failed = Some(error);
            Error::msg("a field could not be written")
        })
    }
}

struct Field<'a>(Value<'a>);

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = &self.0;
        if let Some(number) = value.to_u64() {
            serializer.serialize_u64(number)
        } else if let Some(number) = value.to_i64() {
            serializer.serialize_i64(number)
        } else if let Some(number) = value.to_f64() {
            serializer.serialize_f64(number)
        } else if let Some(is_so) = value.to_bool() {
            serializer.serialize_bool(is_so)
        } else {
            serializer.collect_str(value)
        }
    }
}
