//! What the server logs during tests: never a secret, and the lines of each request by its id.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};

use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, LevelFilter, Log, Metadata, Record};
use unicom_server::current_request_id;

use crate::app::PASSWORD;

/// Secrets that tests use, or their prefixes. Session secrets have no prefix: see [`tells`].
const SECRETS: [&str; 4] = ["uct_", "urq_", "uvt_", PASSWORD];

static LOGGED_SECRET: AtomicBool = AtomicBool::new(false);

/// The lines of each request, by its id.
static LINES: Mutex<Option<HashMap<String, Vec<Line>>>> = Mutex::new(None);

/// A line of the log.
#[derive(Debug, Clone)]
pub struct Line {
    pub level: Level,
    pub target: String,
    pub message: String,
    pub fields: BTreeMap<String, String>,
}

impl Line {
    /// Returns `true` if this is a request's access line.
    pub fn is_access(&self) -> bool {
        self.target == "unicom::access"
    }
}

/// Returns the lines that were logged for the request with this id.
pub fn lines_of(request_id: &str) -> Vec<Line> {
    let lines = LINES.lock().unwrap();
    let known = lines.as_ref().and_then(|lines| lines.get(request_id));
    known.cloned().unwrap_or_default()
}

/// Returns `true` if a line that was logged for the request with this id contains `secret`.
pub fn tells(request_id: &str, secret: &str) -> bool {
    let lines = LINES.lock().unwrap();
    let known = lines.as_ref().and_then(|lines| lines.get(request_id));
    known.is_some_and(|lines| {
        lines
            .iter()
            .any(|line| format!("{line:?}").contains(secret))
    })
}

struct Reader;

impl Log for Reader {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ["unicom", "actix"]
            .iter()
            .any(|part| metadata.target().starts_with(part))
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut fields = Fields::default();
        record.key_values().visit(&mut fields).unwrap();
        let line = Line {
            level: record.level(),
            target: record.target().to_owned(),
            message: record.args().to_string(),
            fields: fields.0,
        };
        let text = format!("{line:?}");
        if SECRETS.iter().any(|secret| text.contains(secret)) {
            println!("{text}");
            LOGGED_SECRET.store(true, Ordering::Relaxed);
        }
        let named = line.fields.get("request_id").cloned();
        if let Some(id) = named.or_else(current_request_id) {
            let mut lines = LINES.lock().unwrap();
            let lines = lines.get_or_insert_default();
            lines.entry(id).or_default().push(line);
        }
    }

    fn flush(&self) {}
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0.insert(key.to_string(), value.to_string());
        Ok(())
    }
}

/// Starts to record the log.
pub fn read() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Reader).unwrap();
        log::set_max_level(LevelFilter::Debug);
    });
}

/// Returns `true` if a secret was logged.
pub fn logged_a_secret() -> bool {
    LOGGED_SECRET.load(Ordering::Relaxed)
}
