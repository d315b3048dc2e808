//! [`SharedReads`]: what is read of a chat that has changed, once for all connections that are told
//! the same.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;
use unicom_core::live::Version;
use unicom_models::{AccountId, ChatId};
use unicom_webchat::Cursor;

use super::encoded_frame::EncodedFrame;
use crate::ApiError;

/// Maximum number of reads that are kept.
const MOST: usize = 1_024;

/// How long a read is kept for the other connections that are told the same.
const KEPT: Duration = Duration::from_secs(1);

/// Maximum length of a frame that is kept, in bytes.
const LARGEST: usize = 64 << 10;

/// Who is told the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ReaderKey {
    /// The connections of an account.
    Account(AccountId),
    /// The connections of all admins.
    Admins,
}

/// What is read, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub reader: ReaderKey,
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
        /// The cursor after what has changed, and the frame that tells it. There is no frame if
        /// nothing has changed that the reader sees.
        changes: Option<(Cursor, Option<EncodedFrame>)>,
    },
    /// The account does not take part in the chat.
    Gone,
}

impl ChatNews {
    /// Returns the length of the frames, in bytes.
    fn length(&self) -> usize {
        match self {
            Self::Read { row, changes } => {
                let row = row.iter().map(|(_, frame)| frame);
                let changes = changes.iter().filter_map(|(_, frame)| frame.as_ref());
                row.chain(changes).map(|frame| frame.json.len()).sum()
            }
            Self::Gone => 0,
        }
    }
}

type Cell = Arc<OnceCell<Arc<ChatNews>>>;

/// A read that is under way or has just ended.
#[derive(Debug)]
struct Kept {
    version: Version,
    begun_at: Instant,
    cell: Cell,
}

/// The numbers of the last changes of all chats, and the version that they were read after.
type List = (Version, Arc<OnceCell<Arc<Vec<(ChatId, i64)>>>>);

/// The reads that are under way or have just ended.
#[derive(Debug, Default)]
pub(crate) struct SharedReads {
    chats: Mutex<HashMap<Wanted, Kept>>,
    /// For admins.
    list: Mutex<Option<List>>,
}

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
        let news = Arc::clone(news.await?);
        if news.length() > LARGEST {
            self.reads().remove(&wanted);
        }
        Ok(news)
    }

    /// Forgets what was read for connections that have been told since.
    pub(super) fn forget_old(&self) {
        self.reads()
            .retain(|_, kept| kept.begun_at.elapsed() < KEPT);
    }

    fn reads(&self) -> MutexGuard<'_, HashMap<Wanted, Kept>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what `read` returns for the list of all chats, or what it has returned for another
    /// connection that is at the same `version`: that of everything.
    ///
    /// # Errors
    /// Those of `read`.
    pub(super) async fn list(
        &self,
        version: Version,
        read: impl AsyncFnOnce() -> Result<Vec<(ChatId, i64)>, ApiError>,
    ) -> Result<Arc<Vec<(ChatId, i64)>>, ApiError> {
        let cell = {
            let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
            match &*list {
                Some((known, cell)) if *known == version => Arc::clone(cell),
                _ => {
                    let cell = Arc::default();
                    *list = Some((version, Arc::clone(&cell)));
                    cell
                }
            }
        };
        let read = cell.get_or_try_init(async || read().await.map(Arc::new));
        Ok(Arc::clone(read.await?))
    }

    fn cell(&self, wanted: &Wanted, version: Version) -> Cell {
        let mut reads = self.reads();
        if reads.len() >= MOST {
            reads.clear();
        }
        match reads.entry(wanted.clone()) {
            Entry::Occupied(known) if known.get().version == version => {
                Arc::clone(&known.get().cell)
            }
            entry => {
                let cell = Cell::default();
                entry.insert_entry(Kept {
                    version,
                    begun_at: Instant::now(),
                    cell: Arc::clone(&cell),
                });
                cell
            }
        }
    }
}
