//! `list_messages`: a page of a chat, for a visitor who takes part in it.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use unicom_db::Db;
use unicom_db::queries::access::{self, ReadAccess, Reader};
use unicom_db::queries::{
    accounts,
    messages::{self, Position, Walk},
};
use unicom_models::{AccountId, ChannelId, Chat, ChatId, MessageId, VisibleMessage};

use crate::access::ensure_not_blocked;
use crate::default_chat::default_chat_id;
use crate::{Visitor, WebChatError, webchat_channel_or_first};

/// Which page of which chat.
#[derive(Debug, Clone)]
pub struct Page {
    /// The chat; by default the account's default chat on the channel.
    pub chat_id: Option<ChatId>,
    /// The channel whose default chat is meant; by default the first active one.
    pub channel_id: Option<ChannelId>,
    /// Where the page begins; by default at an end of the chat, as `order` says.
    pub anchor: Option<Anchor>,
    /// The order in which its messages come.
    pub order: Order,
    /// Messages at the most, 1 to 100; what lies outside is moved to the nearer end.
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            chat_id: None,
            channel_id: None,
            anchor: None,
            order: Order::NewestFirst,
            limit: 50,
        }
    }
}

/// The message that a page lies next to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The page has the messages just older than this one.
    Before(MessageId),
    /// The page has the messages just newer than this one.
    After(MessageId),
}

impl Anchor {
    fn message(self) -> MessageId {
        match self {
            Self::Before(id) | Self::After(id) => id,
        }
    }
}

/// The order of a page's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first. Without an anchor the page begins at the oldest message.
    OldestFirst,
}

/// A page of a chat.
#[derive(Debug, Clone, Default)]
pub struct MessagePage {
    /// The chat; none where the visitor has no default chat yet.
    pub chat_id: Option<ChatId>,
    /// Its messages, in the order that was asked for.
    pub messages: Vec<VisibleMessage>,
    /// Whether more follow in the direction of the walk.
    pub has_more: bool,
    /// Where there are more: the message to go on from, as `before` or, for a walk forward, as `after`.
    pub next_cursor: Option<MessageId>,
    /// Which state of the chat this is a page of; none where there is no chat yet.
    pub version: Option<ChatVersion>,
}

/// What a reader who may have seen a page before is told.
#[derive(Debug, Clone)]
pub enum MessagesRead {
    /// The page.
    Page(MessagePage),
    /// Nothing new: the reader knows this state of the chat.
    NotModified(ChatVersion),
}

/// A state of a chat: another one whenever a page of it may have become another, in whatever process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatVersion(u64);

impl ChatVersion {
    fn of(chat: &Chat) -> Self {
        // The same in every process: this hasher has no key. It needs none, since no client chooses what is hashed: the id
        // is the server's, and the times are when things happened.
        let mut hasher = DefaultHasher::new();
        chat.id.as_str().hash(&mut hasher);
        chat.created_at.as_micros().hash(&mut hasher);
        chat.updated_at.as_micros().hash(&mut hasher);
        chat.last_activity_at.as_micros().hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl fmt::Display for ChatVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A page of a chat in which the visitor takes part. Internal messages are left out.
///
/// Walking on from `next_cursor` shows every message once, whatever arrives meanwhile.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`], [`WebChatError::InvalidCursor`], and
/// [`WebChatError::NoChannel`] where no chat is named and there is no such channel.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// let visitor = Visitor::guest("4f3c");
/// let writer = visitor.clone();
/// database
///     .write(move |tx| {
///         for text in ["one", "two", "three"] {
///             save_webchat_message(tx, &channel, &writer, NewMessage::text(text))?;
///         }
///         Ok::<_, WebChatError>(())
///     })
///     .wait()?;
///
/// let mut page = Page { limit: 2, ..Page::default() };
/// let newest = database.read({ let (visitor, page) = (visitor.clone(), page.clone()); move |db| list_messages(db, &visitor, &page) }).wait()?;
/// assert_eq!(newest.messages[0].text, "three");
/// page.anchor = newest.next_cursor.map(Anchor::Before);
/// let older = database.read(move |db| list_messages(db, &visitor, &page)).wait()?;
/// assert_eq!(older.messages[0].text, "one");
/// assert!(!older.has_more);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn list_messages(
    db: &mut Db,
    visitor: &Visitor,
    page: &Page,
) -> Result<MessagePage, WebChatError> {
    match list_messages_unless(db, visitor, page, |_| false)? {
        MessagesRead::Page(page) => Ok(page),
        MessagesRead::NotModified(_) => Ok(MessagePage::default()),
    }
}

/// The same, for a reader who may have seen the page before: where the chat is in a state that `is_known`, no message is
/// read.
///
/// # Errors
/// Those of [`list_messages`].
pub fn list_messages_unless(
    db: &mut Db,
    visitor: &Visitor,
    page: &Page,
    is_known: impl FnOnce(ChatVersion) -> bool,
) -> Result<MessagesRead, WebChatError> {
    let account_id = visitor.account_id();
    let anchor = page.anchor.map(Anchor::message);
    let found = match &page.chat_id {
        Some(chat_id) => access::for_reading(db, &account_id, chat_id, anchor)?,
        None => {
            // A visitor's default chat is nearly always the one that bears the account's own id.
            let usual = account_id.as_str().into();
            let found = access::for_reading(db, &account_id, &usual, anchor)?;
            if found.as_ref().is_some_and(|reader| is_meant(reader, page)) {
                found
            } else {
                default_chat(db, &account_id, page.channel_id, anchor)?
            }
        }
    };
    let part = match found {
        Some(reader) => {
            ensure_not_blocked(reader.account)?;
            reader.part
        }
        None => None,
    };
    match part {
        Some(part) => {
            let version = ChatVersion::of(part.access.chat());
            if is_known(version) {
                return Ok(MessagesRead::NotModified(version));
            }
            page_of(db, &part, page).map(MessagesRead::Page)
        }
        // The default chat is made by the first message; until then there is nothing to show.
        None if page.chat_id.is_none() => Ok(MessagesRead::Page(MessagePage::default())),
        None => Err(WebChatError::ChatNotFound),
    }
}

/// Whether the chat is the one that a page without a chat's name means.
fn is_meant(reader: &Reader, page: &Page) -> bool {
    reader
        .part
        .as_ref()
        .is_some_and(|part| match page.channel_id {
            Some(id) => part.channel.id == id && part.channel.is_active,
            None => part.channel.is_first,
        })
}

/// The account and its default chat on the channel, by the channel's own name.
fn default_chat(
    db: &mut Db,
    account_id: &AccountId,
    channel_id: Option<ChannelId>,
    anchor: Option<MessageId>,
) -> Result<Option<Reader>, WebChatError> {
    let channel = webchat_channel_or_first(db, channel_id)?;
    let Some(account) = accounts::get(db, account_id)? else {
        return Ok(None);
    };
    let chat_id = default_chat_id(&account, channel.id);
    Ok(access::for_reading(db, account_id, &chat_id, anchor)?)
}

fn page_of(db: &mut Db, part: &ReadAccess, page: &Page) -> Result<MessagePage, WebChatError> {
    let access = &part.access;
    let limit = page.limit.clamp(1, 100) as usize;
    let position = || part.position.ok_or(WebChatError::InvalidCursor);
    let walk = match (page.anchor, page.order) {
        (Some(Anchor::Before(_)), _) => Walk::Before(position()?),
        (Some(Anchor::After(_)), _) => Walk::After(position()?),
        (None, Order::NewestFirst) => Walk::FromNewest,
        (None, Order::OldestFirst) => Walk::FromOldest,
    };
    let is_newest = |position: Position| access.chat().last_message_id == Some(position.id);
    let mut found = match walk {
        // Nothing is newer than the newest: a poll that brings nothing new.
        Walk::After(position) if is_newest(position) => Vec::new(),
        // One more than asked for tells whether there are more.
        _ => messages::page(db, access, walk, limit as i64 + 1)?,
    };
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(|message| message.id);
    let walked = match walk {
        Walk::FromNewest | Walk::Before(_) => Order::NewestFirst,
        Walk::FromOldest | Walk::After(_) => Order::OldestFirst,
    };
    if walked != page.order {
        found.reverse();
    }
    Ok(MessagePage {
        chat_id: Some(access.chat().id.clone()),
        messages: found,
        has_more,
        next_cursor,
        version: Some(ChatVersion::of(access.chat())),
    })
}
