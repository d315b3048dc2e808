//! Writes a line of the security log.

use log::{Level, Record};

/// The target of the security log's lines, by which a logger tells them from others.
pub const SECURITY_LOG: &str = "unicom::security";

pub(crate) fn log_fields(level: Level, fields: &[(&'static str, String)]) {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    log::logger().log(
        &Record::builder()
            .target(SECURITY_LOG)
            .level(level)
            .args(format_args!("security event"))
            .key_values(&fields.as_slice())
            .build(),
    );
}
