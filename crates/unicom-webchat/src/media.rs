//! Which file a visitor may see.

use unicom_db::{Db, queries::messages};
use unicom_models::{MessageId, StoredMedia};

use crate::access::account_of;
use crate::{Visitor, WebChatError};

/// The file of a message in one of the visitor's chats.
///
/// # Errors
/// [`WebChatError::NotFound`], [`WebChatError::AccountBlocked`].
pub fn media_message(
    db: &mut Db,
    visitor: &Visitor,
    id: MessageId,
) -> Result<StoredMedia, WebChatError> {
    let account = account_of(db, visitor)?.ok_or(WebChatError::NotFound)?;
    messages::visible_to(db, &account.id, id)?
        .and_then(|message| message.media())
        .ok_or(WebChatError::NotFound)
}
