//! The progress of long commands, on the terminal.

use std::io::Read;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Format;

/// Interval at which a transfer of rows is logged if no terminal shows it.
const LOG_EVERY: Duration = Duration::from_secs(5);

const TIME: &str = "{spinner} {msg}, {elapsed}";
const FILES: &str = "{spinner} {msg}: {human_pos} files, {elapsed}";
const ROWS: &str = "{spinner} {msg} {bar:20} {human_pos} of {human_len} rows, {eta} left";
const BYTES: &str = "{spinner} {msg} {bar:20} {bytes} of {total_bytes}, {eta} left";
const BYTES_SO_FAR: &str = "{spinner} {msg}: {bytes}, {elapsed}";

/// What the terminal shows. A command has one progress.
static SHOWN: OnceLock<ProgressBar> = OnceLock::new();

/// The progress of a command. Standard error shows it until it is dropped, if that is a terminal.
pub(crate) struct Progress {
    doing: &'static str,
    bar: ProgressBar,
    rows: u64,
    logged: Instant,
}

impl Progress {
    /// Shows what a command does and for how long, unless the output is JSON.
    pub fn new(format: Format, doing: &'static str) -> Self {
        if format == Format::Json {
            return Self::of(doing, ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        let _ = SHOWN.set(bar.clone());
        let progress = Self::of(doing, bar);
        progress.show(doing, TIME);
        progress.bar.enable_steady_tick(Duration::from_millis(100));
        progress
    }

    /// Shows nothing.
    pub fn hidden(doing: &'static str) -> Self {
        Self::of(doing, ProgressBar::hidden())
    }

    fn of(doing: &'static str, bar: ProgressBar) -> Self {
        Self {
            doing,
            bar,
            rows: 0,
            logged: Instant::now(),
        }
    }

    fn show(&self, doing: &'static str, template: &str) {
        let style = ProgressStyle::with_template(template);
        self.bar
            .set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        self.bar.set_message(doing);
    }

    /// Returns `true` if the progress is shown.
    pub fn is_shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Shows from now on how many files were copied, which [`step`](Self::step) counts.
    pub fn of_files(&self, doing: &'static str) {
        self.show(doing, FILES);
    }

    /// Shows from now on how many of all rows were transferred, which [`step`](Self::step) counts,
    /// and the remaining time.
    pub fn of_rows(&self, total: u64) {
        self.bar.set_length(total);
        self.show(self.doing, ROWS);
    }

    /// Counts a file or a row.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Shows from now on how many bytes were read from the returned reader, and the remaining time
    /// if the number of all bytes is known.
    pub fn of_bytes<R: Read>(&self, read: R, total: Option<u64>) -> impl Read + use<R> {
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.show(self.doing, total.map_or(BYTES_SO_FAR, |_| BYTES));
        self.bar.wrap_read(read)
    }

    /// Logs at intervals how many rows of all tables were transferred, if it is not shown.
    pub fn log_row(&mut self, table: &str) {
        self.rows += 1;
        let is_due = self.rows.is_multiple_of(1000) && self.logged.elapsed() >= LOG_EVERY;
        if is_due && !self.is_shown() {
            self.logged = Instant::now();
            log::info!("{} `{table}`: {} rows so far", self.doing, self.rows);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Runs `write`, which writes to standard error, while no progress is shown.
pub(crate) fn suspend(write: impl FnOnce()) {
    match SHOWN.get() {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
