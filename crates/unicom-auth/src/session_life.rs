//! [`SessionLife`]: how long sessions last.

use std::time::Duration;

use unicom_models::UtcTime;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Maximum delay of a stored expiry behind the actual one, so that a session in use costs one write
/// per hour.
const THROTTLE: Duration = Duration::from_secs(60 * 60);

/// How long sessions last (ASVS 7.3.1 and 7.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// Lifetime without use. Defaults to 14 days.
    pub idle: Duration,
    /// Lifetime of a user's session from the login, even if it is used. Defaults to 90 days. Guest
    /// sessions have no such limit, because a guest cannot log in again and the session is the only
    /// access to the guest's chats.
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
    /// Returns when a session that is used now ends. `logged_in_at` is the time of the login if the
    /// session belongs to a user.
    pub(crate) fn end(&self, now: UtcTime, logged_in_at: Option<UtcTime>) -> UtcTime {
        let idle = now.plus(self.idle);
        match logged_in_at {
            Some(at) => idle.min(at.plus(self.after_login)),
            None => idle,
        }
    }

    /// Returns `true` if moving the expiry from `stored` to `end` is worth a write.
    pub(crate) fn is_worth_a_write(&self, stored: UtcTime, end: UtcTime) -> bool {
        stored.plus(THROTTLE.min(self.idle / 8)) < end
    }
}
