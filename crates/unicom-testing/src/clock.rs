//! [`TestClock`]: a clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use unicom_db::{Clock, DatabaseOptions};
use unicom_models::UtcTime;

/// A clock that stands still until it is moved. Clones show the same time.
///
/// It starts at the system time, so that whatever is due by this clock is due by other clocks too.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Creates a clock that shows the system time.
    #[expect(
        clippy::new_without_default,
        reason = "a default would hide that it shows the time of its making"
    )]
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(UtcTime::now().as_micros())))
    }

    /// Returns the time that the clock shows.
    pub fn now(&self) -> UtcTime {
        let micros = self.0.load(Ordering::SeqCst);
        UtcTime::from_micros(micros).unwrap_or_else(|| panic!("{micros} µs is out of range"))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Returns the options of a database that uses this clock.
    pub fn options(&self) -> DatabaseOptions {
        let clock = self.clone();
        DatabaseOptions {
            clock: Clock::new(move || clock.now()),
            ..crate::database::options()
        }
    }
}
