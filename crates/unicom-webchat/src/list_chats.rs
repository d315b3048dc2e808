//! The visitor's chats: pages of them, one of them, and how much is unread in all of them.

use unicom_db::Db;
use unicom_db::queries::accounts;
use unicom_db::queries::chat_filters::ChatFilters;
use unicom_db::queries::chat_list::{self, ListPosition, ListedChat};
use unicom_models::ChatId;

use crate::channel::as_active_webchat;
use crate::write_access::{account_of, check_chat_id, ensure_not_blocked};
use crate::{Visitor, WebChatError, webchat_channel};

/// A request for a page of the visitor's chats.
#[derive(Debug, Clone)]
pub struct ChatPageRequest {
    /// Conditions for the chats. All of them must hold.
    pub filters: ChatFilters,
    /// Position of the chat after which the page begins. By default, the page begins at the first
    /// chat.
    pub after: Option<ListPosition>,
    /// Maximum number of chats, 1 to 100. Values outside this range are clamped. Defaults to 50.
    pub limit: u32,
}

impl Default for ChatPageRequest {
    fn default() -> Self {
        Self {
            filters: ChatFilters::default(),
            after: None,
            limit: 50,
        }
    }
}

/// A page of the visitor's chats.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ChatPage {
    /// The chats, latest activity first.
    pub chats: Vec<ListedChat>,
    /// Whether more chats follow.
    pub has_more: bool,
    /// The position to continue from. `None` if no more chats follow.
    pub next: Option<ListPosition>,
}

/// Lists the chats in which the visitor participates, on all channels unless a filter names one.
///
/// # Errors
/// [`WebChatError::AccountBlocked`], and [`WebChatError::NoChannel`] if a filter names a channel
/// that is not an active web chat channel.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_db::ChatFilters;
///
/// let page = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let new = NewChat { name: Some("Orders".to_owned()), ..NewChat::default() };
///         create_chat(tx, &channel, &visitor, new)?;
///         save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?;
///         let filters = ChatFilters {
///             name_contains: Some("ORD".to_owned()),
///             ..ChatFilters::default()
///         };
///         list_chats(tx, &visitor, &ChatPageRequest { filters, ..ChatPageRequest::default() })
///     })
///     .wait()?;
/// assert_eq!(page.chats.len(), 1);
/// assert_eq!(page.chats[0].chat.name.as_deref(), Some("Orders"));
/// # Ok::<(), WebChatError>(())
/// ```
pub fn list_chats(
    db: &mut Db,
    visitor: &Visitor,
    page: &ChatPageRequest,
) -> Result<ChatPage, WebChatError> {
    let account = match page.filters.channel_id {
        None => account_of(db, visitor)?,
        Some(id) => match accounts::with_channel(db, &visitor.checked_account_id()?, id)? {
            Some((account, channel)) => {
                let account = ensure_not_blocked(account)?;
                channel
                    .and_then(as_active_webchat)
                    .ok_or(WebChatError::NoChannel)?;
                Some(account)
            }
            None => {
                webchat_channel(db, id)?;
                None
            }
        },
    };
    let Some(account) = account else {
        return Ok(ChatPage::default());
    };
    let limit = page.limit.clamp(1, 100) as usize;
    let mut chats = chat_list::page(
        db,
        &account.id,
        &page.filters,
        page.after.as_ref(),
        limit as i64 + 1,
    )?;
    let has_more = chats.len() > limit;
    chats.truncate(limit);
    let next = chats
        .last()
        .filter(|_| has_more)
        .map(|listed| ListPosition {
            last_activity_at: listed.chat.last_activity_at,
            id: listed.chat.id.clone(),
        });
    Ok(ChatPage {
        chats,
        has_more,
        next,
    })
}

/// Returns one of the chats in which the visitor participates, as [`list_chats`] returns it, or
/// `None` if the visitor does not participate in it.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
pub fn get_chat(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<Option<ListedChat>, WebChatError> {
    match account_of(db, visitor)? {
        Some(account) if check_chat_id(chat_id).is_ok() => {
            Ok(chat_list::one(db, &account.id, chat_id)?)
        }
        _ => Ok(None),
    }
}

/// Returns the number of the last change of each chat in which the visitor participates, of at most
/// `limit` chats, latest activity first.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
pub fn list_chat_changes(
    db: &mut Db,
    visitor: &Visitor,
    limit: u32,
) -> Result<Vec<(ChatId, i64)>, WebChatError> {
    match account_of(db, visitor)? {
        Some(account) => Ok(chat_list::changes(db, &account.id, limit.into())?),
        None => Ok(Vec::new()),
    }
}

/// Returns the number of messages that the visitor has not read, in all chats.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_core::OutgoingMessage;
///
/// let total = database
///     .write(move |tx| {
///         let guest = Visitor::guest("4f3c");
///         let saved = save_webchat_message(tx, &channel, &guest, NewMessage::text("Hello!"))?;
///         let chat_id = saved.message.chat_id;
///         send_webchat_message(tx, &channel, &chat_id, OutgoingMessage::text("Hi!"))?;
///         unread_total(tx, &guest)
///     })
///     .wait()?;
/// assert_eq!(total, 1);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn unread_total(db: &mut Db, visitor: &Visitor) -> Result<i64, WebChatError> {
    match account_of(db, visitor)? {
        Some(account) => Ok(chat_list::unread_total(db, &account.id)?),
        None => Ok(0),
    }
}
