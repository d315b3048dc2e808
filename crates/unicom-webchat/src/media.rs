//! Access of a visitor to the files of messages.

use unicom_db::{Db, queries::messages};
use unicom_models::{MessageId, StoredMedia};

use crate::write_access::account_of;
use crate::{Visitor, WebChatError};

/// Returns the file of a message in one of the visitor's chats.
///
/// # Errors
/// [`WebChatError::NotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let refused = database
///     .read(|db| media_message(db, &Visitor::guest("4f3c"), unicom_models::MessageId::new()))
///     .wait();
/// assert!(matches!(refused, Err(WebChatError::NotFound)));
/// # Ok::<(), WebChatError>(())
/// ```
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
