//! The log: where it is written, which lines are in it, and their format.
//!
//! Lines go to standard error, one for each record. Whatever a value contains, it stays on its line
//! and in its field: no client can forge a line, in either format.

mod json;
mod line;
mod security;
#[cfg(test)]
mod tests;
mod text;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

use clap::ValueEnum;
use log::{LevelFilter, Log, Metadata, Record};
use serde::Deserialize;
use unicom_http::security_log::SECURITY_LOG;

use crate::progress::suspend;

pub use security::{LoggedAddresses, SecurityLog};

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for people (the default)
    #[default]
    Text,
    /// A JSON object for programs
    Json,
}

/// Starts to log the lines that `filter` selects, such as `info` or `warn,unicom_http=debug`, and
/// the security log whatever the filter is. A logger that is already set stays.
pub(crate) fn begin(format: LogFormat, filter: &str, security: &SecurityLog) {
    let write = match format {
        LogFormat::Text => text::write,
        LogFormat::Json => json::write,
    };
    let security_level = match security {
        SecurityLog::Stderr | SecurityLog::File(_) => LevelFilter::Info,
        SecurityLog::Off => LevelFilter::Off,
    };
    let stderr = env_logger::Builder::new()
        .parse_filters(filter)
        .format(write)
        .build();
    // A separate logger, because a filter may contain a text (`info/words`), which applies to all
    // targets.
    let security_lines = env_logger::Builder::new()
        .filter_level(LevelFilter::Off)
        .filter_module(SECURITY_LOG, security_level)
        .format(write)
        .build();
    let level = stderr.filter().max(security_lines.filter());
    let logger = Logger {
        stderr,
        security_lines,
        security: security.clone(),
    };
    if log::set_boxed_logger(Box::new(logger)).is_ok() {
        log::set_max_level(level);
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// A logger that writes lines to standard error, and those of the security log to its destination.
struct Logger {
    stderr: env_logger::Logger,
    /// Writes lines of the security log to standard error.
    security_lines: env_logger::Logger,
    security: SecurityLog,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if metadata.target() == SECURITY_LOG {
            self.security_lines.enabled(metadata)
        } else {
            self.stderr.enabled(metadata)
        }
    }

    fn log(&self, record: &Record<'_>) {
        if record.target() != SECURITY_LOG {
            suspend(|| self.stderr.log(record));
            return;
        }
        let is_written = match &self.security {
            SecurityLog::File(path) => security::append(path, record),
            SecurityLog::Stderr | SecurityLog::Off => false,
        };
        if !is_written {
            suspend(|| self.security_lines.log(record));
        }
    }

    fn flush(&self) {
        self.stderr.flush();
    }
}

/// Logs a panic in one line. The message of a panic may quote the text of a chat message, so that
/// it is logged only if it is a string literal in the code.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let said = panic.payload().downcast_ref::<&'static str>();
    let said = said.unwrap_or(&"the panic message is omitted because it may contain user data");
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => format!("\n{backtrace}"),
        _ => String::new(),
    };
    log::error!(target: "unicom::panic", "panicked at {place}: {said}{backtrace}");
}
