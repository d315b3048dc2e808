//! A periodic task, which one process of the installation runs at a time.

use std::fmt::{self, Debug, Formatter};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use unicom_db::queries::leases::{self, Lease, LeaseKind};
use unicom_db::{Database, DbError};

use crate::leases::under_lease;

/// The time after which a process looks again whether a task is due.
const LOOK: Duration = Duration::from_secs(60);

/// The duration of a claim unless it is renewed. A task waits this long if its process dies.
const LEASE: Duration = Duration::from_secs(60);

/// A periodic task. Its row in the queue of leases says when it is due again.
#[derive(Clone)]
pub(super) struct Task {
    pub name: &'static str,
    pub every: Duration,
    pub work: Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Task {
    /// Works whenever the task is due and no other process has claimed it.
    pub async fn repeat(&self, database: &Database) {
        loop {
            if let Err(error) = self.run_if_due(database).await {
                log::warn!(
                    "the task `{}` could not be claimed or given back: {error}",
                    self.name
                );
            }
            tokio::time::sleep(LOOK.min(self.every)).await;
        }
    }

    async fn run_if_due(&self, database: &Database) -> Result<(), DbError> {
        let Some(lease) = self.claim(database).await? else {
            return Ok(());
        };
        let work = AssertUnwindSafe(async { (self.work)().await }).catch_unwind();
        match under_lease(database, &lease, LEASE, work).await {
            Some(Ok(())) => {}
            Some(Err(_)) => log::error!("the task `{}` panicked", self.name),
            None => return Ok(()),
        }
        let every = self.every;
        let given_back = database.write_background(move |tx| leases::renew(tx, &lease, every));
        given_back.await.map(drop)
    }

    /// Claims the task. Returns `None` if it is not due or another process has claimed it.
    async fn claim(&self, database: &Database) -> Result<Option<Lease>, DbError> {
        let (name, now) = (self.name, database.lease_time());
        let waiting = database.read(move |db| leases::waiting(db, LeaseKind::Housekeeping, now));
        if waiting.await?.iter().any(|lease| lease.key == name) {
            return Ok(None);
        }
        let claimed = database.write_background(move |tx| {
            leases::claim_key(tx, LeaseKind::Housekeeping, name, LEASE)
        });
        claimed.await
    }
}

impl Debug for Task {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("name", &self.name)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
