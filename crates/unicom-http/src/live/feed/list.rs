//! The list of chats of a connection: which rows of it have changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use unicom_core::live::Topic;
use unicom_models::ChatId;

use super::{Feed, Reading};
use crate::ApiError;
use crate::live::frame::Frame;
use crate::live::reader::Reader;

impl<R: Reader> Feed<R> {
    /// Follows the reader's list of chats, and tells the client the first page of it.
    ///
    /// # Errors
    /// [`ApiError::account_blocked`], and those of the database.
    pub async fn follow_list(&mut self, heartbeat_s: u64) -> Result<(), ApiError> {
        // Subscribed before the rows are read, so that no change falls between.
        if R::LISTS_EVERY_CHAT {
            self.subscription.add(Topic::EveryChat);
        }
        let changes = self.reader.list_changes(&self.api).await?;
        self.watch(changes.iter().map(|(id, _)| id));
        let page = self
            .reader
            .first_page(&self.api, &self.subscription, heartbeat_s);
        let page = page.await?;
        self.watch(page.rows.iter().map(|(id, _)| id));
        self.listed = Some(changes.into_iter().chain(page.rows).collect());
        self.unread_total = page.unread_total;
        self.frames.push_back(page.frame);
        Ok(())
    }

    /// Subscribes to chats of the list.
    pub(super) fn watch<'a>(&mut self, chats: impl Iterator<Item = &'a ChatId>) {
        if !R::LISTS_EVERY_CHAT {
            for chat_id in chats {
                self.subscription.add(Topic::Chat(chat_id.clone()));
            }
        }
    }

    /// Returns the chats that are new, have changed or are gone from the list, and those that the
    /// client follows and that are gone.
    pub(super) async fn changed_chats(
        &self,
        reading: Reading,
    ) -> Result<HashSet<ChatId>, ApiError> {
        if R::LISTS_EVERY_CHAT && self.listed.is_none() {
            return Ok(HashSet::new());
        }
        let now = self.list_changes(reading).await?;
        let now: HashMap<&ChatId, i64> = now.iter().map(|(id, change)| (id, *change)).collect();
        // Of all chats, the list has the latest: others may be there nevertheless.
        let gone = |id: &&ChatId| !R::LISTS_EVERY_CHAT && !now.contains_key(*id);
        let followed = self.followed.keys().filter(gone).cloned();
        let Some(listed) = &self.listed else {
            return Ok(followed.collect());
        };
        let gone = listed.keys().filter(gone).cloned().chain(followed);
        let changed = now
            .iter()
            .filter(|(id, change)| listed.get(**id) != Some(change));
        Ok(gone.chain(changed.map(|(id, _)| (*id).clone())).collect())
    }

    /// Returns the number of the last change of the chats of the list. If any chat may have
    /// changed, connections to the same list share what one of them reads.
    pub(super) async fn list_changes(
        &self,
        reading: Reading,
    ) -> Result<Arc<Vec<(ChatId, i64)>>, ApiError> {
        let reads = Arc::clone(&self.api.live_reads);
        let _permit = reads.acquire().await;
        let read = async || self.reader.list_changes(&self.api).await;
        if R::LISTS_EVERY_CHAT && reading == Reading::Shared {
            let version = self.subscription.version_of_everything();
            self.api.shared_reads.list(version, read).await
        } else {
            Ok(Arc::new(read().await?))
        }
    }

    /// Counts the unread messages if a chat of the list has changed, and tells the client if their
    /// number has.
    pub(super) async fn count_unread(&mut self) -> Result<(), ApiError> {
        if !std::mem::take(&mut self.is_unread_stale) {
            return Ok(());
        }
        let total = self.reader.unread_total(&self.api).await?;
        match total {
            Some(unread_total) if self.unread_total != total => {
                self.unread_total = total;
                self.push(&Frame::Unread { unread_total })
            }
            _ => Ok(()),
        }
    }
}
