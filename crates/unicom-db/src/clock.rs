//! [`Clock`]: the source of the current time.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use unicom_models::UtcTime;

use crate::Engine;

type Now = dyn Fn() -> UtcTime + Send + Sync;

/// The source of the current time. Defaults to the clock of the system.
///
/// On PostgreSQL, leases run by the clock of the server, which is the same for all processes: a
/// machine whose clock is wrong takes no work over early. A clock that was set with [`Clock::new`]
/// is used for leases too.
#[derive(Clone, Default)]
pub struct Clock {
    /// `None` is the clock of the system.
    now: Option<Arc<Now>>,
    /// Whether leases run by this clock on PostgreSQL too.
    for_leases: bool,
}

impl Clock {
    /// Creates a clock that shows the time that `now` returns.
    pub fn new(now: impl Fn() -> UtcTime + Send + Sync + 'static) -> Self {
        Self {
            now: Some(Arc::new(now)),
            for_leases: true,
        }
    }

    /// Lets leases run by the clock of the server on PostgreSQL nevertheless, as on a machine whose
    /// own clock is wrong.
    #[must_use]
    pub fn except_for_leases(self) -> Self {
        Self {
            for_leases: false,
            ..self
        }
    }

    /// Returns the current time.
    pub fn now(&self) -> UtcTime {
        self.now.as_ref().map_or_else(UtcTime::now, |now| now())
    }

    /// Returns the time of leases when the clock shows `now`. Returns `None` if it is that of the
    /// database server.
    pub(crate) fn lease_time(&self, engine: Engine, now: UtcTime) -> Option<UtcTime> {
        (self.for_leases || engine == Engine::Sqlite).then_some(now)
    }
}

impl Debug for Clock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").finish_non_exhaustive()
    }
}
