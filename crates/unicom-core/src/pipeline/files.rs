//! Fetching the files of incoming messages from their providers. The request of a message waits
//! until its files are there or are given up.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::OwnedSemaphorePermit;
use unicom_db::queries::leases::{self, Lease};
use unicom_db::queries::{channels, chats, erasure, files, messages, queue};
use unicom_db::{DbError, LockedChat, Tx};
use unicom_models::{Channel, FileState, MediaType, Message, MessageFile, MessageId, StoredMedia};

use super::Shared;
use super::delivery_outcome::LONGEST_BUSY;
use super::retry::backoff;
use crate::leases::under_lease;
use crate::media::{LARGEST_FILE, MediaError, store_any};
use crate::platform::{BusyScope, DeliveryError, FileSink};

/// Number of failed attempts after which a file is given up.
const ATTEMPTS: i32 = 5;

/// The age of a message whose files are given up, however often their platform was busy.
const HORIZON: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait before the second attempt, as a multiple of [`PipelineOptions::backoff`]. All of them
/// together take about two minutes.
///
/// [`PipelineOptions::backoff`]: super::PipelineOptions::backoff
const BACKOFF: u32 = 8;

/// The shortest time that a platform can make a file wait.
const SHORTEST_BUSY: Duration = Duration::from_millis(100);

/// How long a file waits whose platform this process does not have.
const ELSEWHERE: Duration = Duration::from_secs(10);

/// What a file of a claimed message has become, or why not.
type Fetched = Result<(MediaType, StoredMedia), DeliveryError>;

/// The right to fetch the files of one message, until it is dropped.
pub(super) type FileSlot = OwnedSemaphorePermit;

impl Shared {
    /// Returns at most `limit` free slots. Returns none if no platform has files.
    pub(super) fn free_file_slots(&self, limit: usize) -> Vec<FileSlot> {
        if !self.platforms.are_remote() {
            return Vec::new();
        }
        let slots = std::iter::from_fn(|| Arc::clone(&self.file_slots).try_acquire_owned().ok());
        slots.take(limit).collect()
    }

    /// Claims at most `limit` messages with files to fetch.
    pub(super) async fn claim_files(&self, limit: usize) -> Result<Vec<Lease>, DbError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let duration = self.options.lease;
        self.database
            .write_background(move |tx| files::claim(tx, limit, duration))
            .await
    }

    /// Fetches the files of one claimed message that are due.
    pub(super) async fn fetch_files(self: Arc<Self>, lease: Lease, _slot: Option<FileSlot>) {
        loop {
            match self.fetch_next(&lease).await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease expires, and the file is fetched again.
                Err(error) => return log::warn!("{lease}: a file was not stored: {error}"),
            }
        }
    }

    /// Fetches the first file that is due. Returns `true` if another one is due.
    async fn fetch_next(&self, lease: &Lease) -> Result<bool, DbError> {
        let Some((channel, file)) = self.next_file(lease).await? else {
            return self.settle(lease, None).await;
        };
        let duration = self.options.lease;
        let fetching = self.fetch(&channel, &file);
        let Some(fetched) = under_lease(&self.database, lease, duration, fetching).await else {
            log::warn!("{lease}: another worker has claimed its files");
            return Ok(false);
        };
        if let Err(error) = &fetched {
            let (id, seq) = (file.message_id, file.seq);
            log::warn!("message {id}: file {seq} was not fetched: {error}");
        }
        let key = fetched.as_ref().ok().map(|(_, media)| media.key.clone());
        let settled = self.settle(lease, Some((file, fetched))).await;
        if let (Ok(false), Some(key)) = (&settled, key) {
            self.delete_unless_named(key).await;
        }
        settled
    }

    async fn next_file(&self, lease: &Lease) -> Result<Option<(Channel, MessageFile)>, DbError> {
        let Ok(id) = lease.key.parse::<MessageId>() else {
            return Ok(None);
        };
        self.database
            .read(move |db| {
                let Some(message) = messages::get_unchecked(db, id)? else {
                    return Ok(None);
                };
                let channel = channels::get(db, message.channel_id)?;
                Ok(channel.zip(files::first_waiting(db, id)?))
            })
            .await
    }

    /// Fetches a file and stores it in the media store.
    async fn fetch(&self, channel: &Channel, file: &MessageFile) -> Fetched {
        let temporary = |error: &dyn ToString| DeliveryError::Temporary(error.to_string());
        let platform = self.platforms.get(&channel.platform);
        // Another process may have the platform.
        let platform = platform.map_err(|error| busy(error.to_string(), ELSEWHERE))?;
        if file.size.is_some_and(|size| size > LARGEST_FILE as i64) {
            return Err(FileSink::too_large());
        }
        let mut sink = FileSink::default();
        // Called inside the block, so that a panic before it returns a future is caught too.
        let fetching = AssertUnwindSafe(async {
            let fetching = platform.fetch(channel.clone(), file.clone().into(), &mut sink);
            fetching.await
        });
        let limit = self.options.file_timeout;
        let fetching = tokio::time::timeout(limit, fetching.catch_unwind());
        match self.uninterrupted(fetching).await {
            Some(Ok(Ok(fetched))) => fetched
                .map_err(|error| error.map_text(|text| self.platforms.quote(&text, channel)))?,
            Some(Ok(Err(_))) => return Err(temporary(&"the platform panicked")),
            Some(Err(_)) => {
                let seconds = limit.as_secs_f32();
                return Err(temporary(&format!(
                    "the platform took longer than {seconds} s"
                )));
            }
            None => {
                let reason = "the server stopped before the file was fetched";
                return Err(busy(reason.to_owned(), SHORTEST_BUSY));
            }
        }
        let stored = store_any(
            &*self.media,
            file.name.as_deref(),
            file.sha256.as_deref(),
            sink.into_bytes(),
        );
        stored.await.map_err(|error| match error {
            MediaError::Refused { reason } => DeliveryError::rejected("refused", reason),
            error => temporary(&error),
        })
    }

    /// Stores what became of a file of a claimed message, and decides what comes next: another file
    /// that is due, a wait, or the end. Returns `true` if another file is due.
    async fn settle(
        &self,
        lease: &Lease,
        fetched: Option<(MessageFile, Fetched)>,
    ) -> Result<bool, DbError> {
        // Another process fetches the rest.
        let is_stopping = *self.interrupted.borrow();
        let (lease, duration, first) = (
            lease.clone(),
            self.options.lease,
            self.options.backoff * BACKOFF,
        );
        self.database
            .write_background(move |tx| {
                let Some((chat, message)) = lock(tx, &lease)? else {
                    // The message was deleted.
                    leases::remove(tx, &lease)?;
                    return Ok(false);
                };
                if !leases::renew(tx, &lease, duration)? {
                    return Ok(false);
                }
                if let Some((file, fetched)) = fetched {
                    store(tx, &chat, &message, file, fetched, first)?;
                }
                let Some(due) = files::next_due(tx, message.id)? else {
                    leases::remove(tx, &lease)?;
                    queue::end_wait(tx, &chat, message.id)?;
                    return Ok(false);
                };
                let goes_on = due <= tx.now() && !is_stopping;
                if !goes_on {
                    leases::put_back(tx, &lease, due)?;
                }
                Ok(goes_on)
            })
            .await
    }

    /// Deletes a file that was stored, unless a message names it.
    async fn delete_unless_named(&self, key: String) {
        let keys = vec![key.clone()];
        let named = self
            .database
            .read(move |db| messages::media_keys_among(db, &keys));
        // If in doubt, the sweep of files without a message deletes it.
        let named: Result<Vec<String>, DbError> = named.await;
        if named.is_ok_and(|named| named.is_empty())
            && let Err(error) = self.media.delete(key).await
        {
            log::warn!("cannot delete a file that was fetched in vain: {error}");
        }
    }
}

/// Returns the error of an attempt that does not count.
fn busy(reason: String, after: Duration) -> DeliveryError {
    DeliveryError::Busy {
        reason,
        after,
        scope: BusyScope::Chat,
    }
}

/// Locks the chat of a claimed message, and returns both. Returns `None` if the message is gone.
fn lock(tx: &mut Tx<'_>, lease: &Lease) -> Result<Option<(LockedChat<'static>, Message)>, DbError> {
    let Ok(id) = lease.key.parse::<MessageId>() else {
        return Ok(None);
    };
    let Some(message) = messages::get_unchecked(tx, id)? else {
        return Ok(None);
    };
    let Some(chat) = chats::lock(tx, &message.chat_id)? else {
        return Ok(None);
    };
    // It may have been deleted before the chat was locked.
    let message = messages::get_unchecked(tx, id)?.filter(|message| message.chat_id == chat.id);
    Ok(message.map(|message| (chat, message)))
}

/// Stores what became of a file. `first` is the wait after its first failure.
fn store(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
    mut file: MessageFile,
    fetched: Fetched,
    first: Duration,
) -> Result<(), DbError> {
    match fetched {
        Ok((media_type, media)) => {
            // Readers of the chat reload it.
            erasure::bump_updated_at(tx, chat, chat.name.as_deref(), &chat.metadata)?;
            if message.media_key.is_none() && !file.is_inline {
                return files::move_to_message(tx, chat, &file, media_type, &media);
            }
            file.set_ready(media);
        }
        Err(error) => {
            file.error = Some(error.to_string());
            let is_old = tx.now().since(message.timestamp) > HORIZON;
            match wait(&mut file, &error, first).filter(|_| !is_old) {
                Some(wait) => file.due_at = Some(tx.now().plus(wait)),
                None => (file.state, file.due_at) = (FileState::Gone, None),
            }
        }
    }
    files::update(tx, chat, &file)
}

/// Counts a failed attempt. Returns how long to wait for the next one, if there is any.
fn wait(file: &mut MessageFile, error: &DeliveryError, first: Duration) -> Option<Duration> {
    match error {
        DeliveryError::Rejected { .. } | DeliveryError::Unsupported(_) => None,
        DeliveryError::Busy { after, .. } => Some((*after).clamp(SHORTEST_BUSY, LONGEST_BUSY)),
        DeliveryError::Temporary(_) | DeliveryError::Unknown(_) | DeliveryError::Broken(_) => {
            file.attempts += 1;
            (file.attempts < ATTEMPTS).then(|| backoff(first, file.attempts))
        }
    }
}
