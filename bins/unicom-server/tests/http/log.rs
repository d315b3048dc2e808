//! What the server logs: never a token.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use log::{LevelFilter, Log, Metadata, Record};

/// Beginnings of secrets that tests use.
const SECRETS: [&str; 2] = ["uct_", "urq_"];

static TOLD: AtomicBool = AtomicBool::new(false);

struct Reader;

impl Log for Reader {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ["unicom", "actix"]
            .iter()
            .any(|part| metadata.target().starts_with(part))
    }

    fn log(&self, record: &Record<'_>) {
        let line = record.args().to_string();
        if self.enabled(record.metadata()) && SECRETS.iter().any(|secret| line.contains(secret)) {
            println!("{line}");
            TOLD.store(true, Ordering::Relaxed);
        }
    }

    fn flush(&self) {}
}

/// Reads the log from now on.
pub fn read() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Reader).unwrap();
        log::set_max_level(LevelFilter::Debug);
    });
}

/// Whether a secret was logged.
pub fn told_a_secret() -> bool {
    TOLD.load(Ordering::Relaxed)
}
