//! `list_changes`: what has changed in a chat, for a visitor who participates in it.

use unicom_db::Db;
use unicom_models::ChatId;

use crate::read_access::read_access;
use crate::{Visitor, WebChatError};

pub use unicom_db::queries::changes::{Changes, Cursor, InvalidCursor};

/// Maximum number of messages that a reader is told. A reader who has missed more reads the chat
/// again.
const MOST: i64 = 100;

/// Returns what has changed in a chat in which the visitor participates since `cursor`, without
/// internal messages. Without a cursor, nothing has changed yet, and the cursor is that of a reader
/// who has read everything.
///
/// A reader who applies the changes has what is stored: each new or changed message in its present
/// state.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let changes = database
///     .write(move |tx| {
///         let guest = Visitor::guest("4f3c");
///         let chat_id = save_webchat_message(tx, &channel, &guest, NewMessage::text("one"))?
///             .message
///             .chat_id;
///         let Changes::Applied { cursor, .. } = list_changes(tx, &guest, &chat_id, None)? else {
///             panic!("nothing was rewritten");
///         };
///         save_webchat_message(tx, &channel, &guest, NewMessage::text("two"))?;
///         list_changes(tx, &guest, &chat_id, Some(cursor))
///     })
///     .wait()?;
/// let Changes::Applied { messages, .. } = changes else {
///     panic!("nothing was rewritten");
/// };
/// assert_eq!(messages[0].text, "two");
/// # Ok::<(), WebChatError>(())
/// ```
pub fn list_changes(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
    cursor: Option<Cursor>,
) -> Result<Changes, WebChatError> {
    let access = read_access(db, visitor, chat_id, None)?.access;
    let cursor = cursor.unwrap_or_else(|| Cursor::of(access.chat()));
    Ok(unicom_db::queries::changes::since(
        db, &access, cursor, MOST,
    )?)
}
