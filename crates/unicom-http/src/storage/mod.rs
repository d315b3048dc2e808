//! `Storage`: whether there is room for files, by the free space of the file systems that they are written to.

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

/// When a client may try again: an operator has to make room, or retention does.
const LATER: Duration = Duration::from_secs(60);

/// Whether there is room for files. Cheap to clone: all clones count together.
///
/// It knows the folders that files are written to, and a floor: while one of their file systems has less free space, files
/// are refused, so that there is room for texts, for sessions and for what the system itself needs. By default it knows
/// no folder, and refuses nothing.
#[derive(Debug, Clone, Default)]
pub struct Storage(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    floor: u64,
    places: Vec<(&'static str, PathBuf)>,
    /// Bytes that uploads under way hold room for.
    promised: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
}

/// Bytes of an upload that room is held for ahead of those that have arrived, once some have.
const STEP: u64 = 1 << 20;

/// Bytes that an upload holds room for before any of it has arrived: what is only announced, or never comes, keeps no other
/// upload out.
const BEGINNING: u64 = 64 << 10;

/// Room for an upload under way, until it is dropped. It grows with what arrives.
pub(crate) struct Held {
    storage: Storage,
    received: AtomicU64,
    bytes: AtomicU64,
}

impl Storage {
    /// Creates one that refuses files while the file system of one of the `places`, each a name and a path, has fewer than
    /// `floor` bytes free; 0 refuses none.
    pub fn new(floor: u64, places: impl IntoIterator<Item = (&'static str, PathBuf)>) -> Self {
        Self(Arc::new(Parts {
            floor,
            places: places.into_iter().collect(),
            ..Parts::default()
        }))
    }

    /// Returns the space of each place by its name, as far as the system tells it. Blocks.
    pub fn spaces(&self) -> Vec<(&'static str, Space)> {
        let places = self.0.places.iter();
        places
            .filter_map(|(name, path)| Some((*name, space_of(path)?)))
            .collect()
    }

    /// Returns whether files are taken now. Blocks.
    pub fn takes_files(&self) -> bool {
        self.has_room_for(0)
    }

    /// Returns how many files were refused, for each reason.
    pub fn refused(&self) -> [(Refusal, u64); Refusal::ALL.len()] {
        let count = |reason: Refusal| self.0.refused[reason as usize].load(Ordering::Relaxed);
        Refusal::ALL.map(|reason| (reason, count(reason)))
    }

    /// Holds room for the beginning of an upload, if there is room for as many bytes as are announced: see
    /// [`Held::receive`].
    ///
    /// # Errors
    /// [`ApiError::storage_full`] if the floor would be reached.
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

    /// Refuses an upload unless there is room for so many bytes.
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

    /// Counts a file that was refused, and returns the error for it.
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
    /// Holds room for further bytes that have arrived. What other uploads under way hold counts as used, so that uploads at
    /// the same time do not each take the same room.
    ///
    /// # Errors
    /// [`ApiError::storage_full`] if the floor would be reached.
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

    /// Holds so many bytes more; returns how many all uploads hold together.
    fn grow(&self, bytes: u64) -> u64 {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let promised = &self.storage.0.promised;
        promised
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes)
    }
}

/// Returns the bytes that an upload of this length takes: while it is put into the media store, it is there twice.
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
    async fn what_is_held_is_not_free_until_it_is_given_back() {
        let free = space_of(".".as_ref()).unwrap().free_bytes;
        let storage = Storage::new(1, [("here", PathBuf::from("."))]);
        let most = free / 3;
        // What is announced, and has not come, is in the way of none.
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
    async fn room_is_held_for_what_arrives_and_a_step_more() {
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
    async fn below_the_floor_nothing_is_taken_and_without_one_everything() {
        let here = || [("here", PathBuf::from("."))];
        let below = Storage::new(u64::MAX, here());
        assert!(!below.takes_files());
        below.hold(0).await.unwrap_err();
        for above in [Storage::new(0, here()), Storage::default()] {
            assert!(above.takes_files());
            above.hold(u64::MAX / 2).await.unwrap();
        }
        // A place whose space is unknown refuses nothing.
        let unknown = Storage::new(u64::MAX, [("nowhere", PathBuf::from("/no/such/folder"))]);
        assert!(unknown.takes_files() && unknown.spaces().is_empty());
    }
}
