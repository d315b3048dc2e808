//! The parts that both formats of a log line share.

use std::io::Write;

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::Key;

/// The field with the id of the request for which a line is logged.
pub(super) const REQUEST_ID: &str = "request_id";

/// Returns the id of the request for which the record is logged. Returns `None` if the record
/// already has this field, or outside of requests.
pub(super) fn request_id(record: &Record<'_>) -> Option<String> {
    let is_named = record.key_values().get(Key::from(REQUEST_ID)).is_some();
    if is_named {
        return None;
    }
    crate::request_id::current_request_id()
}

/// Ends the line.
pub(super) fn end(buffer: &mut Formatter) -> std::io::Result<()> {
    buffer.write_all(b"\n")
}
