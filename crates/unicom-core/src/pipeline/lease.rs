//! Renewing a claim while work is in progress.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// Runs `work` and renews its claim three times per `lease`.
///
/// `renew` returns `true` if the claim still holds. Returns `None` if the claim is lost; `work` is
/// dropped then.
pub(super) async fn renewing<T, R: Future<Output = bool>>(
    lease: Duration,
    renew: impl Fn() -> R,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            () = tokio::time::sleep(lease / 3) => {}
        }
        let mut renewal = pin!(renew());
        tokio::select! {
            done = &mut work => {
                // The renewal must not run after the result is stored: it would mark the work as in
                // progress again.
                renewal.await;
                return Some(done);
            }
            holds = &mut renewal => if !holds {
                return None;
            },
        }
    }
}
