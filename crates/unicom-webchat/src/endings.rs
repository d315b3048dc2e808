//! A visitor ends a chat, and rates it.

use unicom_core::CoreError;
use unicom_db::queries::chat_list::{self, ListedChat};
use unicom_db::queries::{chats, ratings};
use unicom_db::{ChatAccess, Tx};
use unicom_models::{ChatId, ChatRating};

use crate::write_access::write_access;
use crate::{Visitor, WebChatError};

/// Maximum length of the comment of a rating in characters.
const COMMENT_CHARACTERS: usize = 2000;

/// A visitor's rating of a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRating {
    /// From 1, the worst, to 5.
    pub score: i32,
    /// What the visitor writes about the conversation; at most 2,000 characters. A comment without
    /// visible characters is none.
    pub comment: Option<String>,
}

/// Ends a chat. Nothing changes if it was ended before.
///
/// Replies that a bot is making are stored nevertheless, and who answers stays the same. The next
/// message of a visitor reopens the chat.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let ended = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let saved = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Thanks!"))?;
///         end_chat(tx, &visitor, &saved.message.chat_id)
///     })
///     .wait()?;
/// assert!(ended.chat.ended_at.is_some());
/// # Ok::<(), WebChatError>(())
/// ```
pub fn end_chat(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<ListedChat, WebChatError> {
    let access = write_access(tx, visitor, chat_id)?;
    if access.chat().ended_at.is_none() {
        let chat = chats::lock(tx, chat_id)?.ok_or(WebChatError::ChatNotFound)?;
        let now = tx.now();
        chats::set_ended(tx, &chat, Some(now))?;
    }
    listed(tx, &access)
}

/// Rates a chat that a bot or a person has answered. The last rating counts.
///
/// # Errors
/// - [`WebChatError::InvalidField`] and [`CoreError::Nul`] if the rating is invalid.
/// - [`WebChatError::NotAnswered`] if the chat has no reply.
/// - [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_core::OutgoingMessage;
///
/// let rated = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let saved = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?;
///         let chat_id = saved.message.chat_id;
///         send_webchat_message(tx, &channel, &chat_id, OutgoingMessage::text("Hi!"))?;
///         let rating = NewRating { score: 5, comment: Some("Quick!".to_owned()) };
///         rate_chat(tx, &visitor, &chat_id, rating)
///     })
///     .wait()?;
/// assert_eq!(rated.rating.unwrap().score, 5);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn rate_chat(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
    rating: NewRating,
) -> Result<ListedChat, WebChatError> {
    let NewRating { score, comment } = rating;
    if !(1..=5).contains(&score) {
        return Err(WebChatError::InvalidField {
            field: "score",
            problem: "must be an integer from 1 to 5",
        });
    }
    let comment = comment.map(checked_comment).transpose()?.flatten();
    let access = write_access(tx, visitor, chat_id)?;
    let chat = chats::lock(tx, chat_id)?.ok_or(WebChatError::ChatNotFound)?;
    if chat.last_outgoing_message_id.is_none() {
        return Err(WebChatError::NotAnswered);
    }
    let rating = ChatRating {
        chat_id: chat_id.clone(),
        account_id: access.account().id.clone(),
        score,
        comment,
        rated_at: tx.now(),
    };
    ratings::set(tx, &chat, &rating)?;
    listed(tx, &access)
}

/// Returns the comment to store, if it is one.
fn checked_comment(comment: String) -> Result<Option<String>, WebChatError> {
    let text = comment.trim();
    if text.chars().count() > COMMENT_CHARACTERS {
        return Err(WebChatError::InvalidField {
            field: "comment",
            problem: "must be at most 2,000 characters long",
        });
    }
    if text.contains('\0') {
        return Err(CoreError::Nul { field: "comment" }.into());
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn listed(tx: &mut Tx<'_>, access: &ChatAccess) -> Result<ListedChat, WebChatError> {
    let found = chat_list::one(tx, &access.account().id, &access.chat().id)?;
    found.ok_or(WebChatError::ChatNotFound)
}
