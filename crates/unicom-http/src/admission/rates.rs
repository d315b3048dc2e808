//! `Rate` and `Rates`: limits on the number of requests over time.

use std::fmt;
use std::str::FromStr;

/// A rate limit as a token bucket: requests per minute in the long run, and requests in a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    per_minute: u32,
    burst: u32,
}

/// The error for an invalid rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a rate: expected requests per minute and, after a colon, how many there may be at once, as in `300:600` (1 to {most} each), or `off`",
    most = Rate::MOST
)]
pub struct InvalidRate(String);

impl Rate {
    /// Maximum of either number.
    pub const MOST: u32 = 1_000_000;

    /// Creates a rate with this many requests per minute and this burst.
    ///
    /// # Errors
    /// [`InvalidRate`] if a number is 0 or over [`Rate::MOST`].
    pub fn new(per_minute: u32, burst: u32) -> Result<Self, InvalidRate> {
        let range = 1..=Self::MOST;
        if range.contains(&per_minute) && range.contains(&burst) {
            Ok(Self { per_minute, burst })
        } else {
            Err(InvalidRate(format!("{per_minute}:{burst}")))
        }
    }

    /// Returns the requests per minute.
    pub fn per_minute(self) -> u32 {
        self.per_minute
    }

    /// Returns the maximum number of requests in a burst.
    pub fn burst(self) -> u32 {
        self.burst
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    /// Parses `PER_MINUTE:BURST`, or one number for both.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (per_minute, burst) = text.split_once(':').unwrap_or((text, text));
        match (per_minute.trim().parse(), burst.trim().parse()) {
            (Ok(per_minute), Ok(burst)) => Self::new(per_minute, burst).ok(),
            _ => None,
        }
        .ok_or_else(|| InvalidRate(text.chars().take(50).collect()))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.per_minute, self.burst)
    }
}

/// Rate limits by sender and purpose. `None` means no limit.
///
/// The defaults do not restrict a person with several tabs that each poll every second, or an
/// office of 200 people behind one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// GET and HEAD from one address. Defaults to 60,000 per minute with a burst of 6,000.
    pub address_reads: Option<Rate>,
    /// Other methods from one address. Defaults to 6,000 per minute with a burst of 3,000.
    pub address_writes: Option<Rate>,
    /// KiB of bodies from one address, mainly of files. Defaults to 20,480 per minute with a burst
    /// of 204,800: 200 MiB, and 20 MiB more each minute, which is a picture of 3 MiB every ten
    /// seconds.
    pub address_kib: Option<Rate>,
    /// GET and HEAD in one session. Defaults to 3,000 per minute with a burst of 1,500.
    pub session_reads: Option<Rate>,
    /// Other methods in one session. Defaults to 300 per minute with a burst of 600.
    pub session_writes: Option<Rate>,
    /// GET and HEAD of one account, over all its sessions and tokens. Defaults to 6,000 per minute
    /// with a burst of 3,000.
    pub account_reads: Option<Rate>,
    /// Other methods of one account. Defaults to 600 per minute with a burst of 1,200.
    pub account_writes: Option<Rate>,
    /// Failed logins from one address. Defaults to 30 per minute with a burst of 100.
    pub login_address: Option<Rate>,
    /// Failed logins with one name, from all addresses. Defaults to 10 per minute with a burst of
    /// 50.
    pub login_name: Option<Rate>,
    /// Registrations from one address, including failed ones. Defaults to 30 per minute with a
    /// burst of 200.
    pub registrations: Option<Rate>,
    /// First writes of guests from one address. Defaults to 120 per minute with a burst of 600.
    pub new_guests: Option<Rate>,
    /// Calls of the provider of one channel. Defaults to 6,000 per minute with a burst of 3,000.
    pub webhooks: Option<Rate>,
}

impl Default for Rates {
    fn default() -> Self {
        let rate = |per_minute, burst| Some(Rate { per_minute, burst });
        Self {
            address_reads: rate(60_000, 6_000),
            address_writes: rate(6_000, 3_000),
            address_kib: rate(20_480, 204_800),
            session_reads: rate(3_000, 1_500),
            session_writes: rate(300, 600),
            account_reads: rate(6_000, 3_000),
            account_writes: rate(600, 1_200),
            login_address: rate(30, 100),
            login_name: rate(10, 50),
            registrations: rate(30, 200),
            new_guests: rate(120, 600),
            webhooks: rate(6_000, 3_000),
        }
    }
}

impl Rates {
    /// No limits.
    pub const OFF: Self = Self {
        address_reads: None,
        address_writes: None,
        address_kib: None,
        session_reads: None,
        session_writes: None,
        account_reads: None,
        account_writes: None,
        login_address: None,
        login_name: None,
        registrations: None,
        new_guests: None,
        webhooks: None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_one_number_or_two() {
        let rate = |text: &str| text.parse::<Rate>();
        assert_eq!(rate("300:600").unwrap(), Rate::new(300, 600).unwrap());
        assert_eq!(rate(" 7 ").unwrap(), Rate::new(7, 7).unwrap());
        assert_eq!(rate("1:1000000").unwrap().to_string(), "1:1000000");
        for wrong in [
            "", "0", "0:5", "5:0", "-1", "1.5", "1000001", "5:", ":5", "1:2:3", "fast",
        ] {
            let error = rate(wrong).unwrap_err().to_string();
            assert!(
                error.contains(&format!("`{wrong}`")) && error.contains("300:600"),
                "{error}"
            );
        }
    }
}
