//! Keeping a claim while one works on what it is for.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// Works, renewing the claim meanwhile, three times in each `lease`. `renew` says whether the claim still holds.
///
/// None where the claim is lost: the work is dropped then.
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
                // It must not come after what is noted about the work: it would say that somebody is still at it.
                renewal.await;
                return Some(done);
            }
            holds = &mut renewal => if !holds {
                return None;
            },
        }
    }
}
