//! Renewing a claim while work is in progress.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use unicom_db::queries::leases::{self, Lease};
use unicom_db::{Database, DbError};

/// Runs `work` and renews its claim three times per `lease`.
///
/// `renew` returns `true` if the claim still holds. Returns `None` if the claim is lost; `work` is
/// dropped then.
pub(crate) async fn renewing<T, R: Future<Output = bool>>(
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

/// Runs `work`, which a claimed lease belongs to, and renews the claim three times per `duration`.
/// Returns `None` if the claim is lost; `work` is dropped then.
pub(crate) async fn under_lease<T>(
    database: &Database,
    lease: &Lease,
    duration: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    let renew = || async {
        let held = lease.clone();
        let renewed: Result<bool, DbError> = database
            .write(move |tx| leases::renew(tx, &held, duration))
            .await;
        renewed.unwrap_or_else(|error| {
            log::warn!("the claim on {lease} could not be renewed: {error}");
            // It may still hold.
            true
        })
    };
    renewing(duration, renew, work).await
}
