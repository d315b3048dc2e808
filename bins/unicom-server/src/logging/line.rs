//! What the two formats of a log line share.

use std::io::Write;

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::Key;

/// The field that names the request for which a line is logged.
pub(super) const REQUEST_ID: &str = "request_id";

/// The id of the request that this line is logged for, unless the line names it itself.
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
