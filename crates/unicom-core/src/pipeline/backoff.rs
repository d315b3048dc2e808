//! The wait before a retry.

use std::time::Duration;

/// The longest wait, however many attempts have failed.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Returns the wait after attempt number `attempt`, counted from 1.
///
/// The wait is `first`, doubled for each further attempt and limited to [`LONGEST`], minus a random
/// part of up to a half, so that attempts that failed together are not retried together.
pub(super) fn backoff(first: Duration, attempt: i32) -> Duration {
    let longest = exponential(first, attempt);
    // Without randomness, use the full wait.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    let part = f64::from(random) / f64::from(u32::MAX);
    longest.mul_f64(0.5 + part / 2.0)
}

fn exponential(first: Duration, attempt: i32) -> Duration {
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
            .map(|attempt| exponential(second, attempt).as_secs())
            .into();
        assert_eq!(waits, [1, 2, 4, 8, 900, 900]);
    }

    #[test]
    fn is_random_between_a_half_and_the_whole() {
        let waits: Vec<Duration> = (0..100)
            .map(|_| backoff(Duration::from_secs(4), 2))
            .collect();
        let (least, most) = (Duration::from_secs(4), Duration::from_secs(8));
        assert!(waits.iter().all(|wait| (least..=most).contains(wait)));
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }
}
