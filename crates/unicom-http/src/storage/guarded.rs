//! `GuardedMedia`: a media store that refuses files while there is no room.

use std::ops::Range;
use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use unicom_core::media::{ListedFile, MediaError, MediaSource, MediaStore};
use unicom_models::UtcTime;

use super::{Refusal, Storage};

/// A media store that accepts files, of visitors and bots, only while [`Storage`] does. The
/// [`Storage`] counts the refused files.
#[derive(Debug)]
pub struct GuardedMedia {
    inner: Arc<dyn MediaStore>,
    storage: Storage,
}

impl GuardedMedia {
    /// Wraps a store.
    pub fn new(inner: Arc<dyn MediaStore>, storage: Storage) -> Self {
        Self { inner, storage }
    }
}

impl MediaStore for GuardedMedia {
    fn put(&self, key: String, source: MediaSource) -> BoxFuture<'_, Result<(), MediaError>> {
        Box::pin(async move {
            let storage = self.storage.clone();
            let takes_files = tokio::task::spawn_blocking(move || storage.takes_files());
            if !takes_files.await.unwrap_or(true) {
                self.storage.count(Refusal::FreeSpace);
                let reason = "less space is free than must stay free".to_owned();
                return Err(MediaError::Full { key, reason });
            }
            let put = self.inner.put(key, source).await;
            if let Err(MediaError::Full { .. }) = &put {
                self.storage.count(Refusal::DiskFull);
            }
            put
        })
    }

    fn open(
        &self,
        key: String,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'_, Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError>> {
        self.inner.open(key, range)
    }

    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), MediaError>> {
        self.inner.delete(key)
    }

    fn list(&self, folder: String) -> BoxStream<'_, Result<ListedFile, MediaError>> {
        self.inner.list(folder)
    }

    fn delete_unfinished(&self, before: UtcTime) -> BoxFuture<'_, Result<usize, MediaError>> {
        self.inner.delete_unfinished(before)
    }
}
