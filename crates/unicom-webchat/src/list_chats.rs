//! `list_chats`: the visitor's chats, the latest activity first.

use unicom_db::Db;
use unicom_db::queries::accounts;
use unicom_db::queries::chat_filters::ChatFilters;
use unicom_db::queries::chat_list::{self, ListPosition, ListedChat};

use crate::access::{account_of, ensure_not_blocked};
use crate::channel::as_active_webchat;
use crate::{Visitor, WebChatError, webchat_channel};

/// Which page of which chats.
#[derive(Debug, Clone)]
pub struct ChatPageRequest {
    /// Conditions, all of which must hold.
    pub filters: ChatFilters,
    /// The chat after which the page begins.
    pub after: Option<ListPosition>,
    /// Chats at the most, 1 to 100; what lies outside is moved to the nearer end.
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
pub struct ChatPage {
    /// The chats, the latest activity first.
    pub chats: Vec<ListedChat>,
    /// Whether more follow.
    pub has_more: bool,
    /// Where there are more: the place to go on from.
    pub next: Option<ListPosition>,
}

/// The chats in which the visitor takes part, on every channel unless a filter names one.
///
/// # Errors
/// [`WebChatError::AccountBlocked`]; [`WebChatError::NoChannel`] where a filter names none that is active.
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
/// use unicom_db::queries::chat_filters::ChatFilters;
///
/// let page = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         create_chat(tx, &channel, &visitor, NewChat { name: Some("Orders".to_owned()), ..NewChat::default() })?;
///         save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?;
///         let filters = ChatFilters { name_contains: Some("ORD".to_owned()), ..ChatFilters::default() };
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
        Some(id) => match accounts::with_channel(db, &visitor.account_id(), id)? {
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
