//! `list_messages`: a page of a chat, for a visitor who participates in it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use unicom_core::paging::{Anchor, Order, Paging};
use unicom_db::Db;
use unicom_db::queries::visitor_access::{self, ReadAccess, Reader};
use unicom_db::queries::{
    accounts, files,
    message_status::Statuses,
    messages::{self, Position, Walk},
};
use unicom_models::{AccountId, ChannelId, Chat, ChatId, MessageFile, MessageId, VisibleMessage};

use crate::branch::{self, Branch};
use crate::default_chat::default_chat_id;
use crate::write_access::{check_chat_id, ensure_not_blocked};
use crate::{Cursor, Visitor, WebChatError, webchat_channel_or_first};

/// A request for a page of a chat.
#[derive(Debug, Clone)]
pub struct MessagePageRequest {
    /// The id of the chat. Defaults to the account's default chat on the channel.
    pub chat_id: Option<ChatId>,
    /// The id of the channel whose default chat is read. Defaults to the first active web chat
    /// channel.
    pub channel_id: Option<ChannelId>,
    /// The message next to which the page begins. By default the page begins at an end of the chat,
    /// which depends on `order`.
    pub anchor: Option<Anchor>,
    /// The order of the messages on the page.
    pub order: Order,
    /// Maximum number of messages, 1 to 100. Values outside this range are clamped. Defaults to 50.
    pub limit: u32,
    /// Which branches of the chat are read. With a branch, a page without an anchor is always the
    /// newest one, in either order, and a reply to a message that is not on the page is shown as a
    /// reply to nothing. A page after or around a message has all branches and all references.
    /// Defaults to everything, in the order of time.
    pub branch: Option<Branch>,
}

impl Default for MessagePageRequest {
    fn default() -> Self {
        Self {
            chat_id: None,
            channel_id: None,
            anchor: None,
            order: Order::NewestFirst,
            limit: 50,
            branch: None,
        }
    }
}

/// A page of a chat.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MessagePage {
    /// The id of the chat. `None` if the visitor has no default chat yet.
    pub chat_id: Option<ChatId>,
    /// The messages, in the requested order.
    pub messages: Vec<VisibleMessage>,
    /// The further files of those messages that have several.
    pub files: HashMap<MessageId, Vec<MessageFile>>,
    /// How far the participants have read the chat, and the statuses of the messages. `None` if the
    /// chat does not exist yet.
    pub statuses: Option<Statuses>,
    /// Whether more messages follow in the direction of the walk, or older ones with
    /// [`Anchor::Around`].
    pub has_more: bool,
    /// The message to continue from: pass it as [`Anchor::Before`] or, when walking forward, as
    /// [`Anchor::After`]. `None` if no more messages follow.
    pub next: Option<MessageId>,
    /// Whether there are messages newer than the page, which [`Anchor::After`] its newest one
    /// reads. Only with [`Anchor::Around`].
    pub has_newer: Option<bool>,
    /// The version of the chat that the page shows. `None` if the chat does not exist yet.
    pub version: Option<ChatVersion>,
    /// The cursor of a reader who has read the chat, for [`list_changes`](crate::list_changes).
    /// `None` if the chat does not exist yet.
    pub cursor: Option<Cursor>,
    /// The messages that are in the requested branch. `None` if the page has all branches.
    pub in_branch: Option<HashSet<MessageId>>,
}

/// The result of [`list_messages_unless`].
#[derive(Debug, Clone)]
pub enum MessagesRead {
    /// The page.
    Page(Box<MessagePage>),
    /// The reader already knows this version of the chat. No messages were read.
    NotModified(ChatVersion),
}

/// The version of a chat. It changes whenever any process makes a change that may affect a page of
/// the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatVersion(u64);

impl ChatVersion {
    fn of(chat: &Chat) -> Self {
        // The hash must be equal in every process: this hasher has no key. It needs none, since no
        // client chooses what is hashed: the id comes from the server, the times are those of
        // events, and the numbers are counted.
        let mut hasher = DefaultHasher::new();
        chat.id.as_str().hash(&mut hasher);
        chat.created_at.as_micros().hash(&mut hasher);
        chat.updated_at.as_micros().hash(&mut hasher);
        chat.last_activity_at.as_micros().hash(&mut hasher);
        (chat.epoch, chat.change).hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl fmt::Display for ChatVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Returns a page of a chat in which the visitor participates. Internal messages are left out.
///
/// Continuing from `next` returns every message once, even if new messages arrive in the meantime.
/// The page is empty if no chat is named and the visitor has no default chat yet.
///
/// # Errors
/// - [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`],
///   [`WebChatError::InvalidCursor`].
/// - [`WebChatError::NotFound`] if the message that selects a branch is not in the chat.
/// - [`WebChatError::NoChannel`] if no chat is named and the channel is not an active web chat
///   channel.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
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
/// let mut page = MessagePageRequest { limit: 2, ..MessagePageRequest::default() };
/// let newest = database
///     .read({
///         let (visitor, page) = (visitor.clone(), page.clone());
///         move |db| list_messages(db, &visitor, &page)
///     })
///     .wait()?;
/// assert_eq!(newest.messages[0].text, "three");
/// page.anchor = newest.next.map(Anchor::Before);
/// let older = database.read(move |db| list_messages(db, &visitor, &page)).wait()?;
/// assert_eq!(older.messages[0].text, "one");
/// assert!(!older.has_more);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn list_messages(
    db: &mut Db,
    visitor: &Visitor,
    page: &MessagePageRequest,
) -> Result<MessagePage, WebChatError> {
    match list_messages_unless(db, visitor, page, |_| false)? {
        MessagesRead::Page(page) => Ok(*page),
        MessagesRead::NotModified(_) => Ok(MessagePage::default()),
    }
}

/// Returns a page of a chat like [`list_messages`], unless the reader already knows its version.
///
/// If `is_known` returns `true` for the version of the chat, no messages are read and
/// [`MessagesRead::NotModified`] is returned.
///
/// # Errors
/// The errors of [`list_messages`].
pub fn list_messages_unless(
    db: &mut Db,
    visitor: &Visitor,
    page: &MessagePageRequest,
    is_known: impl FnOnce(ChatVersion) -> bool,
) -> Result<MessagesRead, WebChatError> {
    let account_id = visitor.checked_account_id()?;
    let anchor = page.anchor.map(Anchor::message);
    let found = match &page.chat_id {
        Some(chat_id) => {
            check_chat_id(chat_id)?;
            visitor_access::for_reading(db, &account_id, chat_id, anchor)?
        }
        None => {
            // The default chat of nearly every visitor has the id of the account.
            let usual = account_id.as_str().into();
            let found = visitor_access::for_reading(db, &account_id, &usual, anchor)?;
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
            Ok(MessagesRead::Page(Box::new(page_of(db, &part, page)?)))
        }
        // The first message creates the default chat. Until then the page is empty.
        None if page.chat_id.is_none() => Ok(MessagesRead::Page(Box::default())),
        None => Err(WebChatError::ChatNotFound),
    }
}

/// Returns `true` if the chat is the one to read for a page that names no chat.
fn is_meant(reader: &Reader, page: &MessagePageRequest) -> bool {
    reader
        .part
        .as_ref()
        .is_some_and(|part| match page.channel_id {
            Some(id) => part.channel.id == id && part.channel.is_active,
            None => part.channel.is_first,
        })
}

/// Reads the account and its default chat on the channel or, by default, on the first active
/// channel. Returns `None` if the account does not exist.
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
    Ok(visitor_access::for_reading(
        db, account_id, &chat_id, anchor,
    )?)
}

fn page_of(
    db: &mut Db,
    part: &ReadAccess,
    page: &MessagePageRequest,
) -> Result<MessagePage, WebChatError> {
    let access = &part.access;
    let through = match page.branch {
        Some(Branch::Through(id)) => {
            let position = messages::position(db, access, id)?;
            Some(position.ok_or(WebChatError::NotFound)?)
        }
        _ => None,
    };
    let read = match (page.branch, page.anchor) {
        (Some(branch), None | Some(Anchor::Before(_))) => {
            newest_of_branch(db, part, page, branch, through)?
        }
        _ => by_time(db, part, page, page.order)?,
    };
    let messages = read.messages.iter();
    let messages = messages.filter(|message| message.is_from_provider);
    Ok(MessagePage {
        chat_id: Some(access.chat().id.clone()),
        statuses: Some(Statuses::read(db, access, &read.messages)?),
        files: files::ready(db, messages.map(|message| message.id))?,
        version: Some(ChatVersion::of(access.chat())),
        cursor: Some(Cursor::of(access.chat())),
        ..read
    })
}

/// Reads a page of all messages.
fn by_time(
    db: &mut Db,
    part: &ReadAccess,
    page: &MessagePageRequest,
    order: Order,
) -> Result<MessagePage, WebChatError> {
    let access = &part.access;
    let paging = Paging {
        anchor: page.anchor,
        order,
        limit: page.limit,
    };
    let is_newest = |position: Position| access.chat().last_message_id == Some(position.id);
    let read = paging.read(
        |_| part.position.ok_or(WebChatError::InvalidCursor),
        |walk, limit| match walk {
            // Nothing is newer than the newest message: the client polled and there is nothing new.
            Walk::After(position) if is_newest(position) => Ok(Vec::new()),
            _ => Ok(messages::page(db, access, walk, limit)?),
        },
        |message| message.id,
    )?;
    Ok(MessagePage {
        messages: read.messages,
        has_more: read.has_more,
        next: read.next,
        has_newer: read.has_newer,
        ..MessagePage::default()
    })
}

/// Reads the newest page of a branch or the page before its anchor, without references to messages
/// that are not on it.
fn newest_of_branch(
    db: &mut Db,
    part: &ReadAccess,
    page: &MessagePageRequest,
    branch: Branch,
    through: Option<Position>,
) -> Result<MessagePage, WebChatError> {
    let mut read = if branch == Branch::All {
        by_time(db, part, page, Order::NewestFirst)?
    } else {
        let before = match page.anchor {
            Some(_) => Some(part.position.ok_or(WebChatError::InvalidCursor)?),
            None => None,
        };
        let limit = page.limit.clamp(1, 100) as usize;
        let found = branch::read(db, &part.access, through, before, limit)?;
        MessagePage {
            messages: found.messages,
            has_more: found.next.is_some(),
            next: found.next,
            in_branch: Some(found.in_branch),
            ..MessagePage::default()
        }
    };
    let ids: HashSet<MessageId> = read.messages.iter().map(|message| message.id).collect();
    for message in &mut read.messages {
        message.reply_to_message_id = message.reply_to_message_id.filter(|id| ids.contains(id));
    }
    if page.order == Order::OldestFirst {
        read.messages.reverse();
    }
    Ok(read)
}
