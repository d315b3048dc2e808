//! [`Reader`]: who is told what changes, and what differs between visitors and admins.

use std::time::Duration;

use unicom_core::live::{Subscription, Topic, Viewer};
use unicom_models::{AccountId, Author, ChatId};
use unicom_webchat::{Cursor, StoredStream, Visitor};

use super::encoded_frame::EncodedFrame;
use super::shared_reads::{ChatNews, ReaderKey, Wanted};
use crate::{Api, ApiError};

/// Maximum number of chats in the first frame.
pub(super) const LISTED: u32 = 100;

/// Maximum number of chats whose rows are compared when a change may have been missed. Those with
/// the latest activity are chosen.
pub(super) const WATCHED: u32 = 1_000;

/// Maximum number of messages that a reader is told. A reader who has missed more reads the chat
/// again.
pub(super) const MOST_CHANGES: i64 = 100;

/// The first page of a list of chats.
pub(super) struct FirstPage {
    /// The frame that tells it.
    pub frame: EncodedFrame,
    /// The number of the last change of each chat of the page.
    pub rows: Vec<(ChatId, i64)>,
    /// The number of unread messages, if the list has one.
    pub unread_total: Option<i64>,
}

/// Who is told what changes: a visitor or an admin. Reads what a [`Feed`] tells.
pub(super) trait Reader: Sized + 'static {
    /// Minimum time between two frames with the row of the same chat.
    const ROW_PACE: Duration;

    /// Whether the list has the chats of all accounts. Otherwise it has those of one account, and
    /// changes with the account.
    const LISTS_EVERY_CHAT: bool;

    /// Returns the account whose changes may end the connection.
    fn account_id(&self) -> Option<AccountId>;

    /// Returns the visitor who reads, unless it is an admin.
    fn visitor(&self) -> Option<&Visitor> {
        None
    }

    /// Returns who shares what was read.
    fn key(&self) -> ReaderKey;

    /// Returns the author who is shown while the reader writes.
    fn author(&self) -> Author;

    /// Returns the number of the last change of each listed chat, of at most [`WATCHED`] chats.
    async fn list_changes(&self, api: &Api) -> Result<Vec<(ChatId, i64)>, ApiError>;

    /// Reads the first page of the list.
    async fn first_page(
        &self,
        api: &Api,
        subscription: &Subscription,
        heartbeat_s: u64,
    ) -> Result<FirstPage, ApiError>;

    /// Reads what has changed in a chat since a cursor, by default nothing yet.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`], [`ApiError::account_blocked`], and those of the database.
    async fn begin(
        &self,
        api: &Api,
        chat_id: &ChatId,
        cursor: Option<Cursor>,
    ) -> Result<(Cursor, EncodedFrame), ApiError>;

    /// Reads the reply that a bot is writing in a chat, as far as it is stored.
    async fn stored_stream(
        &self,
        api: &Api,
        chat_id: &ChatId,
    ) -> Result<Option<StoredStream>, ApiError>;

    /// Reads what is wanted of a chat.
    async fn read(&self, api: &Api, wanted: &Wanted) -> Result<ChatNews, ApiError>;

    /// Counts the unread messages, if the list has their number.
    async fn unread_total(&self, _: &Api) -> Result<Option<i64>, ApiError> {
        Ok(None)
    }

    /// Returns the frame that tells who views a chat, if the reader is told.
    fn presence(_: &ChatId, _: &[Viewer]) -> Result<Option<EncodedFrame>, ApiError> {
        Ok(None)
    }

    /// Tells other processes again what they forget after a while.
    fn refresh(&self, _: &Api) {}

    /// Notes that the client no longer follows a chat.
    fn unfollowed(&mut self, _: &ChatId) {}

    /// Notes that the client begins to follow a chat.
    fn followed(&self, _: &ChatId) {}

    /// Returns the topics whose versions tell whether what was read for another connection will do.
    fn topics(&self, chat_id: &ChatId) -> Vec<Topic> {
        let chat = Topic::Chat(chat_id.clone());
        match self.key() {
            ReaderKey::Account(id) => vec![chat, Topic::Account(id)],
            ReaderKey::Admins => vec![chat],
        }
    }
}
