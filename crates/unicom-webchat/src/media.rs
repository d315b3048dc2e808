//! Access of a visitor to the files of messages.

use unicom_db::Db;
use unicom_db::queries::{files, messages};
use unicom_models::{MessageId, StoredMedia};

use crate::write_access::account_of;
use crate::{Visitor, WebChatError};

/// Returns the file of a message in one of the visitor's chats, or the further file with this
/// [position](unicom_models::MessageFile::seq).
///
/// # Errors
/// [`WebChatError::NotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let (visitor, id) = (Visitor::guest("4f3c"), unicom_models::MessageId::new());
/// let refused = database.read(move |db| media_message(db, &visitor, id, None)).wait();
/// assert!(matches!(refused, Err(WebChatError::NotFound)));
/// # Ok::<(), WebChatError>(())
/// ```
pub fn media_message(
    db: &mut Db,
    visitor: &Visitor,
    id: MessageId,
    further: Option<i32>,
) -> Result<StoredMedia, WebChatError> {
    let account = account_of(db, visitor)?.ok_or(WebChatError::NotFound)?;
    let message = messages::visible_to(db, &account.id, id)?.ok_or(WebChatError::NotFound)?;
    files::media_of(db, &message, further)?.ok_or(WebChatError::NotFound)
}
