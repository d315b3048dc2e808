//! [`Housekeeping`]: deletes what has expired, and what was left behind.

mod files;
mod orphans;
mod task;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use unicom_db::Database;
use unicom_db::queries::{account_tombstones, guest_files, streams};

pub use orphans::{OrphanSweep, SweepError, Swept, record_sweep, sweep_orphans};

use self::task::Task;
use crate::media::MediaStore;
use crate::retention::apply_retention;

/// The time between two counts of the files of guests, and two searches for streams that have no
/// bot.
const COUNT_EVERY: Duration = Duration::from_secs(10 * 60);

/// The time between two deletions of expired data. Retention is set in days, and each deletion
/// walks through all chats.
const EXPIRE_EVERY: Duration = Duration::from_secs(60 * 60);

/// The time between two sweeps of the media store.
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an erasure is remembered: far longer than a message can be in transit.
const ERASURES_FOR: Duration = Duration::from_secs(60 * 60);

/// The number of rows that one write deletes, small enough that no message waits long behind it.
const BATCH: i64 = 500;

/// Periodic work that every installation needs: applies the retention of channels, adds up the
/// files of guests, forgets old erasures, ends streams of replies that no bot is writing any more,
/// and deletes files that no message references.
///
/// Each process may run it. A task is done by one process at a time, and is due again in the whole
/// installation after its interval, also if a process starts meanwhile.
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
    tasks: Vec<Task>,
}

impl Housekeeping {
    /// Creates the housekeeping of a database and its media store.
    pub fn new(database: Database, media: Arc<dyn MediaStore>) -> Self {
        let store = Arc::clone(&media);
        let housekeeping = Self {
            database,
            tasks: Vec::new(),
        };
        housekeeping
            .with_task("guest_files", COUNT_EVERY, count_guest_files)
            .with_task("retention", EXPIRE_EVERY, move |database| {
                let media = Arc::clone(&media);
                async move { expire(&database, &*media).await }
            })
            .with_task("erasures", EXPIRE_EVERY, forget_erasures)
            .with_task("streams", COUNT_EVERY, end_streams)
            .with_task("orphaned_files", SWEEP_EVERY, move |database| {
                let media = Arc::clone(&store);
                async move { files::sweep(&database, &*media).await }
            })
    }

    /// Adds a task, which logs its errors. Its name must be unique in the installation. If it is
    /// interrupted, it is repeated from the beginning.
    #[must_use]
    pub fn with_task<W>(
        mut self,
        name: &'static str,
        every: Duration,
        work: impl Fn(Database) -> W + Send + Sync + 'static,
    ) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let database = self.database.clone();
        self.tasks.push(Task {
            name,
            every,
            work: Arc::new(move || work(database.clone()).boxed()),
        });
        self
    }

    /// Does what is due until `stop` completes. Errors are logged; the task is repeated after its
    /// interval. Needs a tokio runtime.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let tasks = self.tasks.iter().map(|task| task.repeat(&self.database));
        tokio::select! {
            () = stop => {}
            _ = join_all(tasks) => {}
        }
    }
}

async fn count_guest_files(database: Database) {
    let counted = database.write_background(|tx| guest_files::lock_total(tx).map(drop));
    if let Err(error) = counted.await {
        log::warn!("adding up the files of guests failed: {error}");
    }
}

/// Ends streams of replies that no bot is writing any more.
async fn end_streams(database: Database) {
    let ended = database.write_background(|tx| streams::end_orphans(tx, BATCH));
    match ended.await {
        Ok(0) => {}
        Ok(number) => log::info!("ended {number} streams of replies that no bot was writing"),
        Err(error) => log::warn!("ending streams of replies failed: {error}"),
    }
}

/// Deletes data that is older than its channel's retention period.
async fn expire(database: &Database, media: &dyn MediaStore) {
    let expired = match apply_retention(database, media).await {
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

async fn forget_erasures(database: Database) {
    let forgotten = database.write_background(|tx| {
        let before = tx.now().minus(ERASURES_FOR);
        account_tombstones::delete_old_erasures(tx, before, BATCH)
    });
    if let Err(error) = forgotten.await {
        log::warn!("deleting old records of erasures failed: {error}");
    }
}
