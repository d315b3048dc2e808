//! [`SharedReads`]: what is read of a chat that has changed, once for all connections that are told
//! the same.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use unicom_core::live::Version;
use unicom_models::{AccountId, ChatId};
use unicom_webchat::Cursor;

use super::encoded_frame::EncodedFrame;
use crate::ApiError;

/// Maximum number of reads that are kept. They are small, and needed for moments only.
const MOST: usize = 1_024;

/// What is read, and for whom. Connections of one account are told the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub account_id: AccountId,
    pub chat_id: ChatId,
    /// Whether the row of the list of chats is read.
    pub is_listed: bool,
    /// What the client has read of the chat, if it follows the chat.
    pub cursor: Option<Cursor>,
}

/// What was read of a chat.
#[derive(Debug)]
pub(super) enum ChatNews {
    /// The account takes part in the chat.
    Read {
        /// The number of the last change, and the frame with the row of the list of chats.
        row: Option<(i64, EncodedFrame)>,
        /// The cursor after what has changed, and the frame that tells it.
        changes: Option<(Cursor, EncodedFrame)>,
    },
    /// The account does not take part in the chat.
    Gone,
}

type Cell = Arc<OnceCell<Arc<ChatNews>>>;

/// The reads that are under way or have just ended.
#[derive(Debug, Default)]
pub(crate) struct SharedReads(Mutex<HashMap<Wanted, (Version, Cell)>>);

impl SharedReads {
    /// Returns what `read` returns, or what it has returned for another connection, if nothing has
    /// changed since: `version` is the version of the chat and the account before the call.
    ///
    /// # Errors
    /// Those of `read`.
    pub(super) async fn get(
        &self,
        wanted: Wanted,
        version: Version,
        read: impl AsyncFnOnce(&Wanted) -> Result<ChatNews, ApiError>,
    ) -> Result<Arc<ChatNews>, ApiError> {
        let cell = self.cell(&wanted, version);
        let news = cell.get_or_try_init(async || read(&wanted).await.map(Arc::new));
        Ok(Arc::clone(news.await?))
    }

    fn cell(&self, wanted: &Wanted, version: Version) -> Cell {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reads.len() >= MOST {
            reads.clear();
        }
        match reads.entry(wanted.clone()) {
            Entry::Occupied(known) if known.get().0 == version => Arc::clone(&known.get().1),
            entry => {
                let cell = Cell::default();
                entry.insert_entry((version, Arc::clone(&cell)));
                cell
            }
        }
    }
}
