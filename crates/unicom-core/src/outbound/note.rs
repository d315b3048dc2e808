//! Notes in a chat: internal messages, which only admins see.

use unicom_db::queries::chat_access;
use unicom_db::queries::messages::{self, Walk};
use unicom_db::{LockedChat, Tx};
use unicom_models::{AuthorKind, Channel, Direction, Message};

use super::sender_name;
use crate::CoreError;
use crate::store_message::{Composed, Content, store};

/// Stores a note at the end of a chat, which is on `channel`. Returns `false` if the newest message
/// of the chat is the same note.
///
/// # Errors
/// [`CoreError::EmptyMessage`], [`CoreError::Nul`], [`CoreError::TooLarge`].
pub(crate) fn note_in_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    chat: &LockedChat<'_>,
    text: String,
) -> Result<bool, CoreError> {
    let content = Content::new(text, None, None)?;
    let details = content.details(Some(AuthorKind::System));
    let mut note = content.into_message(tx, chat, Direction::Internal);
    note.sender_name = sender_name(channel);
    let newest = match chat_access::for_admin(tx, &chat.id)? {
        Some(access) => messages::page_for_admin(tx, &access, Walk::FromNewest, 1)?,
        None => Vec::new(),
    };
    let same = |last: &Message| last.direction == note.direction && last.text == note.text;
    if newest.last().is_some_and(same) {
        return Ok(false);
    }
    let note = Composed {
        message: note,
        details,
    };
    store(tx, chat, &note, None)?;
    Ok(true)
}
