//! How long to wait before trying again.

use std::time::Duration;

/// No wait is longer, however many attempts have failed.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The wait after attempt number `attempt` (from 1): `first`, then twice as long each time.
pub(super) fn backoff(first: Duration, attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1))
        .unwrap_or(0)
        .min(20);
    first.saturating_mul(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_a_quarter_of_an_hour() {
        let second = Duration::from_secs(1);
        let waits: Vec<u64> = [1, 2, 3, 4, 11, 1000]
            .map(|attempt| backoff(second, attempt).as_secs())
            .into();
        assert_eq!(waits, [1, 2, 4, 8, 900, 900]);
    }
}
