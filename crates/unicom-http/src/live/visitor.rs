//! [`VisitorReader`]: a visitor is told what changes in the chats in which the visitor takes part.

use std::time::Duration;

use tokio::time::Instant;
use unicom_core::live::Subscription;
use unicom_db::queries::chat_list::ListedChat;
use unicom_db::queries::read_positions::Progress;
use unicom_models::{AccountId, Author, AuthorKind, ChatId, MessageId};
use unicom_webchat::{
    ChatPageRequest, Cursor, StoredStream, Visitor, WebChatError, get_chat, is_progress_noted,
    list_changes, list_chat_changes, list_chats, note_progress, open_stream, unread_total,
};

use super::command::Command;
use super::commander::{Commander, FOR_EACH_CHAT};
use super::encoded_frame::EncodedFrame;
use super::feed::Feed;
use super::frame::Frame;
use super::reader::{FirstPage, LISTED, Reader, WATCHED};
use super::receipts::Receipts;
use super::shared_reads::{ChatNews, ReaderKey, Wanted};
use crate::file_urls::FileUrls;
use crate::json::ChatJson;
use crate::{Api, ApiError};

/// A visitor, who is told what changes in the chats in which the visitor takes part.
pub(super) struct VisitorReader {
    visitor: Visitor,
    /// What the client has received.
    receipts: Receipts,
}

impl VisitorReader {
    /// Creates the reader for a visitor.
    pub fn new(visitor: Visitor) -> Self {
        Self {
            visitor,
            receipts: Receipts::default(),
        }
    }
}

impl Reader for VisitorReader {
    const ROW_PACE: Duration = Duration::ZERO;
    const LISTS_EVERY_CHAT: bool = false;

    fn account_id(&self) -> Option<AccountId> {
        Some(self.visitor.account_id())
    }

    fn key(&self) -> ReaderKey {
        ReaderKey::Account(self.visitor.account_id())
    }

    fn visitor(&self) -> Option<&Visitor> {
        Some(&self.visitor)
    }

    fn author(&self) -> Author {
        Author {
            kind: AuthorKind::Visitor,
            name: self.visitor.name(),
        }
    }

    async fn list_changes(&self, api: &Api) -> Result<Vec<(ChatId, i64)>, ApiError> {
        let visitor = self.visitor.clone();
        let changes = api
            .database
            .read_inline(move |db| list_chat_changes(db, &visitor, WATCHED));
        Ok(changes.await?)
    }

    async fn first_page(
        &self,
        api: &Api,
        _: &Subscription,
        heartbeat_s: u64,
    ) -> Result<FirstPage, ApiError> {
        let visitor = self.visitor.clone();
        let read = api.database.read_inline(move |db| {
            let page = ChatPageRequest {
                limit: LISTED,
                ..ChatPageRequest::default()
            };
            let page = list_chats(db, &visitor, &page)?;
            Ok::<_, WebChatError>((page, unread_total(db, &visitor)?))
        });
        let (page, unread_total) = read.await?;
        let row = |ListedChat { chat, .. }: &ListedChat| (chat.id.clone(), chat.change);
        let rows = page.chats.iter().map(row).collect();
        let frame = Frame::Hello {
            chats: page.chats.into_iter().map(ChatJson::from).collect(),
            has_more: page.has_more,
            unread_total,
            heartbeat_s,
        };
        Ok(FirstPage {
            frame: frame.encode()?,
            rows,
            unread_total: Some(unread_total),
        })
    }

    async fn begin(
        &self,
        api: &Api,
        chat_id: &ChatId,
        cursor: Option<Cursor>,
    ) -> Result<(Cursor, EncodedFrame), ApiError> {
        let (visitor, id) = (self.visitor.clone(), chat_id.clone());
        let read = api
            .database
            .read_inline(move |db| list_changes(db, &visitor, &id, cursor));
        let changes = read.await?;
        let urls = FileUrls::of_visitor(api, &self.visitor);
        let frame = Frame::of(&urls, chat_id, &changes).encode()?;
        Ok((changes.cursor(), frame))
    }

    async fn stored_stream(
        &self,
        api: &Api,
        chat_id: &ChatId,
    ) -> Result<Option<StoredStream>, ApiError> {
        let (visitor, id) = (self.visitor.clone(), chat_id.clone());
        let read = api
            .database
            .read_inline(move |db| open_stream(db, &visitor, &id));
        Ok(read.await?)
    }

    async fn read(&self, api: &Api, wanted: &Wanted) -> Result<ChatNews, ApiError> {
        let (visitor, wanted_of_chat) = (self.visitor.clone(), wanted.clone());
        let read = api.database.read_inline(move |db| {
            let Wanted {
                chat_id,
                is_listed,
                cursor,
                ..
            } = wanted_of_chat;
            let changes = match cursor {
                Some(cursor) => Some(list_changes(db, &visitor, &chat_id, Some(cursor))?),
                None => None,
            };
            let row = if is_listed {
                let row = get_chat(db, &visitor, &chat_id)?.ok_or(WebChatError::ChatNotFound)?;
                Some(row)
            } else {
                None
            };
            Ok::<_, WebChatError>((row, changes))
        });
        let (row, changes) = match read.await {
            Ok(read) => read,
            Err(WebChatError::ChatNotFound) => return Ok(ChatNews::Gone),
            Err(error) => return Err(error.into()),
        };
        let row = row.map(|row| {
            let change = row.chat.change;
            let chat = Box::new(ChatJson::from(row));
            let frame = Frame::Chat { chat }.encode()?;
            Ok::<_, ApiError>((change, frame))
        });
        let changes = changes.map(|changes| {
            let urls = FileUrls::of_visitor(api, &self.visitor);
            let frame = Frame::of(&urls, &wanted.chat_id, &changes);
            let frame = (!changes.is_empty()).then(|| frame.encode()).transpose()?;
            Ok::<_, ApiError>((changes.cursor(), frame))
        });
        Ok(ChatNews::Read {
            row: row.transpose()?,
            changes: changes.transpose()?,
        })
    }

    async fn unread_total(&self, api: &Api) -> Result<Option<i64>, ApiError> {
        let visitor = self.visitor.clone();
        let total = api
            .database
            .read_inline(move |db| unread_total(db, &visitor));
        Ok(Some(total.await?))
    }
}

impl Commander for VisitorReader {
    type Command = Command;

    fn cost(command: &Command) -> f64 {
        match command {
            Command::Subscribe { chats } => chats.len() as f64 * FOR_EACH_CHAT,
            _ => 0.0,
        }
    }

    async fn obey(feed: &mut Feed<Self>, command: Command) -> Result<(), ApiError> {
        match command {
            Command::Subscribe { chats } => feed.subscribe(chats),
            Command::Unsubscribe { chats } => {
                feed.unsubscribe(&chats);
                Ok(())
            }
            Command::Typing { chat_id, is_typing } => feed.signal_typing(&chat_id, is_typing),
            Command::Delivered {
                chat_id,
                message_id,
            } => {
                feed.reader.receipts.add(chat_id, message_id);
                Ok(())
            }
            Command::Read {
                chat_id,
                message_id,
            } => advance(feed, chat_id, message_id, Progress::Read).await,
            Command::Renew { token } => feed.renew(&token).await,
            Command::Ping => feed.push(&Frame::Pong),
        }
    }

    fn wait(&self, now: Instant) -> Option<Duration> {
        self.receipts.wait(now)
    }

    async fn finish(feed: &mut Feed<Self>) -> Result<(), ApiError> {
        for (chat_id, message_id) in feed.reader.receipts.take(Instant::now()) {
            advance(feed, chat_id, message_id, Progress::Delivered).await?;
        }
        Ok(())
    }
}

/// Records that the visitor has received or read the messages of a chat up to this one.
///
/// # Errors
/// [`ApiError::chat_not_found`], [`ApiError::not_found`], [`ApiError::account_blocked`], and those
/// of the database.
async fn advance(
    feed: &Feed<VisitorReader>,
    chat_id: ChatId,
    message_id: MessageId,
    progress: Progress,
) -> Result<(), ApiError> {
    let (visitor, id) = (feed.reader.visitor.clone(), chat_id.clone());
    // Another connection of the visitor may have noted the same: a read costs less than a write.
    let is_noted = feed
        .api
        .database
        .read_inline(move |db| is_progress_noted(db, &visitor, &id, message_id, progress));
    if is_noted.await? {
        return Ok(());
    }
    let visitor = feed.reader.visitor.clone();
    let noted = feed
        .api
        .database
        .write(move |tx| note_progress(tx, &visitor, &chat_id, message_id, progress));
    noted.await.map_err(|error: WebChatError| error.into())
}
