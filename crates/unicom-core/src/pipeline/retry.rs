//! What happens after a failed attempt: a retry, and the wait before it, or the end of the request.

use std::time::Duration;

use unicom_db::queries::queue::{self, Claim};
use unicom_models::{Message, RequestStatus};

use super::Shared;
use super::ended::{EndedRequest, NotStored};
use crate::bots::BotError;

/// The longest wait, however many attempts have failed.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);

impl Shared {
    /// Requeues a request for a retry, or fails it.
    pub(super) async fn retry_or_fail(
        &self,
        claim: Claim,
        message: Message,
        error: BotError,
    ) -> Result<(), NotStored> {
        let Claim { mut request, lease } = claim;
        let reason = error.to_string();
        let attempt = request.attempts - request.attempts_before;
        // The reason may quote the bot's server, and so the visitor's text. It is stored, not
        // logged.
        log::warn!(
            "request {}: attempt {attempt} failed; `unicom request show` says why",
            request.id
        );
        let usual = backoff(self.options.backoff, attempt);
        let wait = match &error {
            BotError::Permanent(_) => None,
            _ if attempt >= self.options.attempts => None,
            BotError::Busy { after, .. } => Some(usual.max(*after).min(LONGEST)),
            BotError::Temporary(_) => Some(usual),
        };
        request.error = Some(reason);
        let Some(wait) = wait else {
            request.reach(RequestStatus::Failed, self.database.now());
            let ended = EndedRequest::new(request, Some(lease), message);
            return self.ended.store(ended).await;
        };
        let held = self
            .database
            .write_background(move |tx| {
                let now = tx.now();
                request.reach(RequestStatus::Queued, now);
                queue::requeue(tx, &Claim { request, lease }, now.plus(wait))
            })
            .await?;
        if held {
            Ok(())
        } else {
            Err(NotStored::Superseded)
        }
    }
}

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
    fn delay_doubles_up_to_15_minutes() {
        let second = Duration::from_secs(1);
        let waits: Vec<u64> = [1, 2, 3, 4, 11, 1000]
            .map(|attempt| exponential(second, attempt).as_secs())
            .into();
        assert_eq!(waits, [1, 2, 4, 8, 900, 900]);
    }

    #[test]
    fn delay_is_random_between_half_and_full() {
        let waits: Vec<Duration> = (0..100)
            .map(|_| backoff(Duration::from_secs(4), 2))
            .collect();
        let (least, most) = (Duration::from_secs(4), Duration::from_secs(8));
        assert!(waits.iter().all(|wait| (least..=most).contains(wait)));
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }
}
