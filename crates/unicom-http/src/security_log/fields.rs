//! Writes lines of the security log.

use log::{Level, Record};

/// The log target of the security log, by which a logger distinguishes its lines from others.
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
