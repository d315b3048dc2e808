//! `SessionLife`: how long sessions hold.

use std::time::Duration;

use unicom_models::UtcTime;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The most that an expiry may be behind what use has earned: a session in use costs a write once an hour.
const THROTTLE: Duration = Duration::from_secs(60 * 60);

/// How long sessions hold (ASVS 7.3.1 and 7.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// Without use. Defaults to 14 days.
    pub idle: Duration,
    /// From a user's login on, used or not. Defaults to 90 days. A guest has nothing to log in with again, so a guest's
    /// session has no such end: it is all that leads to the guest's history.
    pub after_login: Duration,
}

impl Default for SessionLife {
    fn default() -> Self {
        Self {
            idle: 14 * DAY,
            after_login: 90 * DAY,
        }
    }
}

impl SessionLife {
    /// When a session ends that is used now. `logged_in_at` is when its user logged in, where it has one.
    pub(crate) fn end(&self, now: UtcTime, logged_in_at: Option<UtcTime>) -> UtcTime {
        let idle = now.plus(self.idle);
        match logged_in_at {
            Some(at) => idle.min(at.plus(self.after_login)),
            None => idle,
        }
    }

    /// Whether it is worth a write that a session ends at `end` and not at `stored`.
    pub(crate) fn is_worth_a_write(&self, stored: UtcTime, end: UtcTime) -> bool {
        stored.plus(THROTTLE.min(self.idle / 8)) < end
    }
}
