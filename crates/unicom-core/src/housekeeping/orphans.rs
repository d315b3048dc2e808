//! Removal of orphaned files: files in the media store that no message refers to.
//!
//! A file is stored before its message and deleted after it. If a process is killed in between, or
//! the store fails, the file remains without a message.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use unicom_db::{Database, DbError, Tx, queries::messages};
use unicom_models::{Id, UtcTime};

use crate::admin::Actor;
use crate::media::{ListedFile, MESSAGE_FOLDER, MediaError, MediaStore};

/// Number of files that are checked together, with one statement.
const PAGE: usize = 500;

/// Minimum age of an orphan. The message of a younger file may still be on its way, which takes
/// hours at most, or come back with the restore of another database backup.
const OLD: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Maximum number of files that one sweep deletes; the next sweep continues. Their keys take less
/// than a megabyte.
const MOST: usize = 10_000;

/// Number of consecutive failed deletions after which a sweep ends. The store is probably out of
/// order then, and each failure may have taken a while.
const FAILURES_IN_A_ROW: usize = 100;

/// Maximum number of failed deletions that are logged.
const MAX_LOGGED_FAILURES: usize = 10;

/// Mode of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrphanSweep {
    /// Counts orphans and deletes nothing.
    Count,
    /// Deletes orphans, unless more than half of the files are orphans: the store then probably
    /// belongs to another database.
    Delete,
    /// Deletes orphans even if more than half of the files are orphans.
    DeleteEvenMost,
}

/// Result of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Number of message files older than a week, with or without a message.
    pub files: usize,
    /// Number of these files that no message refers to.
    pub orphans: usize,
    /// Number of orphans that were deleted.
    pub deleted: usize,
    /// Number of orphans that the store failed to delete. The next sweep tries again.
    pub not_deleted: usize,
    /// Number of deleted files that unfinished uploads had left.
    pub unfinished: usize,
}

impl Swept {
    /// Returns `true` if more than half of the files are orphans, as with the store of another
    /// database.
    pub fn is_mostly_orphans(&self) -> bool {
        self.orphans * 2 > self.files
    }
}

/// Records in the audit trail that an admin had files deleted.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn record_sweep(tx: &mut Tx<'_>, actor: &Actor, swept: &Swept) -> Result<(), DbError> {
    let details = json!({ "deleted": swept.deleted, "unfinished": swept.unfinished });
    actor.record(tx, "media.sweep", "media", details)
}

/// Reason why a sweep ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The media store failed, or it does not list its files.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Deletes files older than a week that no message refers to, at most 10,000 of them.
///
/// The store is listed as a stream. The database is queried once for every 500 files, and the sweep
/// sleeps for `pause` after each query, to leave time for other work. Files in other folders of the
/// store, and files with names that unicom does not generate, are left alone. If the store fails to
/// delete a file, the sweep continues with the next one, and ends after 100 consecutive failures.
/// Several processes may run a sweep at the same time.
///
/// # Errors
/// [`SweepError`]. Files deleted before the error stay deleted.
///
/// ```
/// # use unicom_content::media::ObjectMediaStore;
/// # use unicom_core::housekeeping::*;
/// # use unicom_testing::TestDatabase;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let store = ObjectMediaStore::in_memory();
/// let pause = std::time::Duration::ZERO;
/// let swept = sweep_orphans(&database, &store, OrphanSweep::Delete, pause).await?;
/// assert_eq!(swept, Swept::default());
/// # Ok::<(), SweepError>(())
/// # }).unwrap();
/// ```
pub async fn sweep_orphans(
    database: &Database,
    store: &dyn MediaStore,
    how: OrphanSweep,
    pause: Duration,
) -> Result<Swept, SweepError> {
    let before = database.now().minus(OLD);
    let (mut swept, mut orphans) = (Swept::default(), Vec::new());
    let mut pages = store.list(MESSAGE_FOLDER.to_owned()).chunks(PAGE);
    while let Some(page) = pages.next().await {
        let page: Result<Vec<ListedFile>, MediaError> = page.into_iter().collect();
        let old = keys_before(page?, before);
        swept.files += old.len();
        let found = unreferenced(database, old).await?;
        swept.orphans += found.len();
        let room = MOST - orphans.len();
        orphans.extend(found.into_iter().take(room));
        tokio::time::sleep(pause).await;
    }
    drop(pages);
    if how == OrphanSweep::Count || (how == OrphanSweep::Delete && swept.is_mostly_orphans()) {
        return Ok(swept);
    }
    let mut in_a_row = 0;
    for page in orphans.chunks(PAGE) {
        // Checked again: messages may have come back with a restored database since.
        for key in unreferenced(database, page.to_vec()).await? {
            match store.delete(key).await {
                Ok(()) => {
                    swept.deleted += 1;
                    in_a_row = 0;
                }
                Err(error) => {
                    swept.not_deleted += 1;
                    in_a_row += 1;
                    if swept.not_deleted <= MAX_LOGGED_FAILURES {
                        log::warn!("a file that no message names was not deleted: {error}");
                    }
                    if in_a_row == FAILURES_IN_A_ROW {
                        return Ok(swept);
                    }
                }
            }
        }
        tokio::time::sleep(pause).await;
    }
    swept.unfinished = store.delete_unfinished(before).await?;
    Ok(swept)
}

/// Returns the keys of the files that were stored before `before` and have keys made by
/// [`new_media_key`](super::new_media_key).
fn keys_before(files: Vec<ListedFile>, before: UtcTime) -> Vec<String> {
    let old = files.into_iter().filter(|file| file.stored_at < before);
    old.map(|file| file.key)
        .filter(|key| is_media_key(key))
        .collect()
}

/// Returns the keys that no message refers to.
async fn unreferenced(database: &Database, keys: Vec<String>) -> Result<Vec<String>, DbError> {
    if keys.is_empty() {
        return Ok(keys);
    }
    let asked = keys.clone();
    let named = database.read(move |db| messages::media_keys_among(db, &asked));
    let named: HashSet<String> = named.await?.into_iter().collect();
    Ok(keys
        .into_iter()
        .filter(|key| !named.contains(key))
        .collect())
}

/// Returns `true` if `key` has the form of the keys of message files: an id and an extension.
fn is_media_key(key: &str) -> bool {
    let in_folder = key
        .strip_prefix(MESSAGE_FOLDER)
        .and_then(|key| key.strip_prefix('/'));
    let parts = in_folder.and_then(|name| name.split_once('.'));
    parts.is_some_and(|(id, extension)| {
        id.parse::<Id>().is_ok() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
