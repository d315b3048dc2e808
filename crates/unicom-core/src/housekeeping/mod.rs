//! [`Housekeeping`]: deletes what has expired, and what was left behind.

mod files;
mod orphans;

use std::sync::Arc;
use std::time::Duration;

use unicom_db::queries::{account_tombstones, guest_files};
use unicom_db::{Database, DbError};

pub use orphans::{OrphanSweep, SweepError, Swept, record_sweep, sweep_orphans};

use crate::media::MediaStore;
use crate::retention::apply_retention;

/// The time between two rounds.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// The number of rounds between two deletions of expired data. Retention is set in days, and each
/// deletion walks through all chats.
const RETENTION_ROUNDS: usize = 6;

/// How long an erasure is remembered: far longer than a message can be in transit.
const ERASURES_FOR: Duration = Duration::from_secs(60 * 60);

/// The number of rows that one write deletes, small enough that no message waits long behind it.
const BATCH: i64 = 500;

/// Periodic work that every installation needs: applies the retention of channels, adds up the
/// files of guests, forgets old erasures, and deletes files that no message references.
///
/// Each process may run it. What one process has deleted, the others no longer find.
///
/// ```
/// # use std::sync::Arc;
/// # use unicom_content::media::ObjectMediaStore;
/// use unicom_core::housekeeping::Housekeeping;
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, media) = (test.database().clone(), Arc::new(ObjectMediaStore::in_memory()));
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let keeping = Housekeeping::new(database, media).run(async { drop(stopped.await) });
/// # let _ = stop.send(());
/// keeping.await;
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Housekeeping {
    database: Database,
    media: Arc<dyn MediaStore>,
}

impl Housekeeping {
    /// Creates the housekeeping of a database and its media store.
    pub fn new(database: Database, media: Arc<dyn MediaStore>) -> Self {
        Self { database, media }
    }

    /// Works immediately and then periodically until `stop` completes. Errors are logged; the next
    /// round tries again. Needs a tokio runtime.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let files = files::sweep(&self.database, &*self.media);
        tokio::select! {
            () = stop => {}
            _ = async { tokio::join!(self.sweep_rows(), files) } => {}
        }
    }

    async fn sweep_rows(&self) {
        for round in 0_usize.. {
            let counted = self
                .database
                .write_background(|tx| guest_files::lock_total(tx).map(drop));
            if let Err(error) = counted.await {
                log::warn!("adding up the files of guests failed: {error}");
            }
            if round.is_multiple_of(RETENTION_ROUNDS) {
                self.apply_retention().await;
                if let Err(error) = self.forget_erasures().await {
                    log::warn!("deleting old records of erasures failed: {error}");
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Deletes data that is older than its channel's retention period.
    async fn apply_retention(&self) {
        let expired = match apply_retention(&self.database, &*self.media).await {
            Ok(expired) => expired,
            Err(error) => return log::warn!("applying retention failed: {error}"),
        };
        for of in expired.channels {
            let (channel, days) = (of.channel_id, of.days);
            if of.messages + of.chats + of.accounts > 0 {
                log::info!(
                    "channel {channel}: deleted what is older than {days} days: {} messages, {} files, {} chats, {} accounts",
                    of.messages,
                    of.files,
                    of.chats,
                    of.accounts,
                );
            }
        }
    }

    async fn forget_erasures(&self) -> Result<(), DbError> {
        let forgotten = self.database.write_background(|tx| {
            let before = tx.now().minus(ERASURES_FOR);
            account_tombstones::delete_old_erasures(tx, before, BATCH)
        });
        forgotten.await.map(drop)
    }
}
