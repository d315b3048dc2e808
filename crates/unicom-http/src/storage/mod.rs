//! `Storage`: checks that there is room for files, by the free space of the file systems they are
//! written to.

mod guarded;
pub(crate) mod refusal;
mod space;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::ApiError;
use space::space_of;

pub use guarded::GuardedMedia;
pub use refusal::Refusal;
pub use space::Space;

/// When a client may try again: an operator or the retention has to free space first.
const LATER: Duration = Duration::from_secs(60);

/// Checks that there is room for files. Cheap to clone; clones share their counters.
///
/// It has a list of folders that files are written to and a floor. While the file system of one of
/// these folders has less free space than the floor, files are refused, to keep room for texts,
/// sessions and the system itself. By default the list is empty and no files are refused.
#[derive(Debug, Clone, Default)]
pub struct Storage(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    floor: u64,
    places: Vec<(&'static str, PathBuf)>,
    /// Bytes reserved for uploads in progress.
    promised: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
}

/// Bytes reserved ahead of those that have arrived, once an upload has begun to arrive.
const STEP: u64 = 1 << 20;

/// Bytes reserved before any of an upload has arrived. Data that is only announced, or never comes,
/// does not block other uploads.
const BEGINNING: u64 = 64 << 10;

/// Room reserved for an upload in progress, released on drop. It grows with the data that arrives.
pub(crate) struct Held {
    storage: Storage,
    received: AtomicU64,
    bytes: AtomicU64,
}

impl Storage {
    /// Creates a storage that refuses files while the file system of one of the `places`, each a
    /// name and a path, has fewer than `floor` bytes free. A floor of 0 refuses no files.
    pub fn new(floor: u64, places: impl IntoIterator<Item = (&'static str, PathBuf)>) -> Self {
        Self(Arc::new(Parts {
            floor,
            places: places.into_iter().collect(),
            ..Parts::default()
        }))
    }

    /// Returns the space of each place by its name. Places whose space the system does not report
    /// are left out. Blocks.
    pub fn spaces(&self) -> Vec<(&'static str, Space)> {
        let places = self.0.places.iter();
        places
            .filter_map(|(name, path)| Some((*name, space_of(path)?)))
            .collect()
    }

    /// Returns `true` if files are accepted now. Blocks.
    pub fn takes_files(&self) -> bool {
        self.has_room_for(0)
    }

    /// Returns the number of refused files for each reason.
    pub fn refused(&self) -> [(Refusal, u64); Refusal::ALL.len()] {
        let count = |reason: Refusal| self.0.refused[reason as usize].load(Ordering::Relaxed);
        Refusal::ALL.map(|reason| (reason, count(reason)))
    }

    /// Reserves room for the beginning of an upload, if there is room for all announced bytes: see
    /// [`Held::receive`].
    ///
    /// # Errors
    /// [`ApiError::storage_full`] if the free space would fall below the floor.
    pub(crate) async fn hold(&self, announced: u64) -> Result<Held, ApiError> {
        let held = Held {
            storage: self.clone(),
            received: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        let promised = held.grow(BEGINNING);
        let further = twice(announced).saturating_sub(BEGINNING);
        self.check(promised.saturating_add(further)).await?;
        Ok(held)
    }

    /// Refuses an upload unless there is room for this many bytes above the floor.
    async fn check(&self, bytes: u64) -> Result<(), ApiError> {
        if self.0.floor == 0 {
            return Ok(());
        }
        let storage = self.clone();
        let has_room = actix_web::web::block(move || storage.has_room_for(bytes));
        if has_room.await.map_err(ApiError::unexpected)? {
            return Ok(());
        }
        Err(self.refuse(Refusal::FreeSpace))
    }

    /// Counts a refused file and returns the error for it.
    pub(crate) fn refuse(&self, reason: Refusal) -> ApiError {
        self.count(reason);
        reason.into()
    }

    fn count(&self, reason: Refusal) {
        self.0.refused[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    fn has_room_for(&self, bytes: u64) -> bool {
        let needed = self.0.floor.saturating_add(bytes);
        let is_enough = |space: Space| space.free_bytes >= needed && !space.is_read_only;
        self.0.floor == 0 || self.spaces().into_iter().all(|(_, space)| is_enough(space))
    }
}

impl From<Refusal> for ApiError {
    fn from(reason: Refusal) -> Self {
        let sentence = match reason {
            Refusal::FreeSpace | Refusal::DiskFull => {
                "there is no room for files at the moment; messages without a file are taken"
            }
            Refusal::GuestsQuota => {
                "there is no room for files of guests at the moment; messages without a file are taken, and files of \
                 users who are logged in"
            }
        };
        Self::storage_full(sentence).retry_after(LATER)
    }
}

impl Held {
    /// Reserves room for further bytes that have arrived. Room reserved for other uploads counts as
    /// used, so that concurrent uploads do not rely on the same free space.
    ///
    /// # Errors
    /// [`ApiError::storage_full`] if the free space would fall below the floor.
    pub(crate) async fn receive(&self, bytes: u64) -> Result<(), ApiError> {
        let received = self.received.fetch_add(bytes, Ordering::Relaxed);
        let missing = twice(received.saturating_add(bytes))
            .saturating_sub(self.bytes.load(Ordering::Relaxed));
        if missing == 0 {
            return Ok(());
        }
        let promised = self.grow(missing.saturating_add(STEP));
        self.storage.check(promised).await
    }

    /// Reserves further bytes. Returns the bytes reserved for all uploads together.
    fn grow(&self, bytes: u64) -> u64 {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let promised = &self.storage.0.promised;
        promised
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes)
    }
}

/// Returns the space that an upload of this length takes: while it is copied into the media store,
/// it exists twice.
fn twice(bytes: u64) -> u64 {
    bytes.saturating_mul(2)
}

impl Drop for Held {
    fn drop(&mut self) {
        let promised = &self.storage.0.promised;
        promised.fetch_sub(*self.bytes.get_mut(), Ordering::Relaxed);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("bytes", &self.bytes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn reserved_space_is_not_free_until_released() {
        let free = space_of(".".as_ref()).unwrap().free_bytes;
        let storage = Storage::new(1, [("here", PathBuf::from("."))]);
        let most = free / 3;
        // Room for data that is announced but has not arrived does not block other uploads.
        let held = storage.hold(most).await.unwrap();
        let other = storage.hold(most).await.unwrap();
        held.receive(most).await.unwrap();
        assert!(storage.takes_files());
        for refused in [
            storage.hold(most).await.map(drop),
            other.receive(most).await,
        ] {
            let refused = refused.unwrap_err();
            assert!(refused.to_string().contains("no room"), "{refused}");
        }
        drop((held, other));
        assert_eq!(storage.0.promised.load(Ordering::Relaxed), 0);
        storage
            .hold(most)
            .await
            .unwrap()
            .receive(most)
            .await
            .unwrap();
        assert_eq!(storage.refused()[0], (Refusal::FreeSpace, 2));
    }

    #[actix_web::test]
    async fn reservation_grows_ahead_of_received_bytes() {
        let storage = Storage::default();
        let held = storage.hold(1 << 30).await.unwrap();
        let promised = || storage.0.promised.load(Ordering::Relaxed);
        assert_eq!(promised(), BEGINNING);
        held.receive(BEGINNING / 2).await.unwrap();
        assert_eq!(promised(), BEGINNING);
        for received in 1..200 {
            held.receive(16 << 10).await.unwrap();
            let twice = 2 * (BEGINNING / 2 + received * (16 << 10));
            assert!((twice..=twice + STEP).contains(&promised()));
        }
    }

    #[actix_web::test]
    async fn nothing_is_accepted_below_the_floor() {
        let here = || [("here", PathBuf::from("."))];
        let below = Storage::new(u64::MAX, here());
        assert!(!below.takes_files());
        below.hold(0).await.unwrap_err();
        for above in [Storage::new(0, here()), Storage::default()] {
            assert!(above.takes_files());
            above.hold(u64::MAX / 2).await.unwrap();
        }
        // A place whose space is unknown does not cause refusals.
        let unknown = Storage::new(u64::MAX, [("nowhere", PathBuf::from("/no/such/folder"))]);
        assert!(unknown.takes_files() && unknown.spaces().is_empty());
    }
}
