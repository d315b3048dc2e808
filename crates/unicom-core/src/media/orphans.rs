//! Sweeping up: files of the media store that no message names.
//!
//! A file is stored before its message, and deleted after it. Where a process is killed in between, or the store fails,
//! the file stays and is nobody's.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::StreamExt;
use unicom_db::{Database, DbError, queries::messages};
use unicom_models::UtcTime;

use super::key::{FOLDER, is_media_key};
use super::{ListedFile, MediaError, MediaStore};

/// Files that are looked at together, with one statement.
const PAGE: usize = 500;

/// How old a file must be before it counts as nobody's: its message may be on its way, which takes hours at the most,
/// or come back with another backup of the database.
const OLD: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Files that one sweep deletes at the most; the next one goes on. That many keys take less than a megabyte.
const MOST: usize = 10_000;

/// Files in a row that the store may fail to delete before a sweep ends: more of them say that the store is out of order,
/// and each may have been waited for.
const FAILURES_IN_A_ROW: usize = 100;

/// Of so many of them it is logged which.
const FAILURES_TOLD: usize = 10;

/// How a sweep goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrphanSweep {
    /// Counts and deletes nothing.
    Count,
    /// Deletes, but nothing where most files are nobody's: the store is another database's then, more likely.
    Delete,
    /// Deletes, even then.
    DeleteEvenMost,
}

/// What a sweep found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Files of messages that are older than a week, or would be.
    pub files: usize,
    /// Those of them that no message names.
    pub orphans: usize,
    /// Those that were deleted.
    pub deleted: usize,
    /// Those that the store failed to delete. The next sweep tries again.
    pub not_deleted: usize,
    /// What uploads that never ended had left, and was deleted.
    pub unfinished: usize,
}

impl Swept {
    /// Whether most of the files are nobody's, as with another database's store.
    pub fn is_mostly_orphans(&self) -> bool {
        self.orphans * 2 > self.files
    }
}

/// Why a sweep ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The media store failed, or does not list its files.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Deletes the files that no message names and that are older than a week, up to 10,000 of them.
///
/// The store is listed as it is read, and the database asked for 500 files at a time with one statement; between them
/// it rests for `pause`, so that others have their turn. Files in other folders of the store, and such with names that
/// unicom does not give, are left alone. One that the store fails to delete keeps no other from being deleted, until it
/// fails on a hundred in a row. May run in several processes at once.
///
/// # Errors
/// [`SweepError`]: what was deleted until then stays deleted.
///
/// ```
/// # use unicom_core::media::*;
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
    let mut pages = store.list(FOLDER.to_owned()).chunks(PAGE);
    while let Some(page) = pages.next().await {
        let page: Result<Vec<ListedFile>, MediaError> = page.into_iter().collect();
        let old = keys_before(page?, before);
        swept.files += old.len();
        let found = nobodys(database, old).await?;
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
        // Asked again: a restored database may have brought messages back since.
        for key in nobodys(database, page.to_vec()).await? {
            match store.delete(key).await {
                Ok(()) => {
                    swept.deleted += 1;
                    in_a_row = 0;
                }
                Err(error) => {
                    swept.not_deleted += 1;
                    in_a_row += 1;
                    if swept.not_deleted <= FAILURES_TOLD {
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

/// The keys of the files that are from before that time and bear names of our own making.
fn keys_before(files: Vec<ListedFile>, before: UtcTime) -> Vec<String> {
    let old = files.into_iter().filter(|file| file.stored_at < before);
    old.map(|file| file.key)
        .filter(|key| is_media_key(key))
        .collect()
}

/// Those of the keys that no message names.
async fn nobodys(database: &Database, keys: Vec<String>) -> Result<Vec<String>, DbError> {
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
