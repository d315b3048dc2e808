//! How many bytes the files of an account may have together.

use unicom_db::{Db, queries::messages};
use unicom_models::AccountId;

use crate::{Visitor, WebChatError};

/// Tells whether a visitor may send one more file of `size` bytes, before it is put into the media store.
///
/// A message that was sent before under the same `client_message_id` is no further one. Only the write that stores the
/// message knows for sure: see [`NewMessage::media_quota`](crate::NewMessage::media_quota).
///
/// # Errors
/// [`WebChatError::QuotaExceeded`].
///
/// ```
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// let refused = database
///     .read(|db| may_send_file(db, &Visitor::guest("4f3c"), None, 2_000, 1_000))
///     .wait();
/// assert!(matches!(refused, Err(WebChatError::QuotaExceeded { quota: 1_000 })));
/// ```
pub fn may_send_file(
    db: &mut Db,
    visitor: &Visitor,
    client_message_id: Option<&str>,
    size: i64,
    quota: u64,
) -> Result<(), WebChatError> {
    let account_id = visitor.account_id();
    match (check_quota(db, &account_id, size, quota), client_message_id) {
        (Err(WebChatError::QuotaExceeded { .. }), Some(id))
            if messages::by_client_id(db, &account_id, id)?.is_some() =>
        {
            Ok(())
        }
        (checked, _) => checked,
    }
}

/// Refuses a file of `size` bytes that would be too much.
pub(crate) fn check_quota(
    db: &mut Db,
    account_id: &AccountId,
    size: i64,
    quota: u64,
) -> Result<(), WebChatError> {
    let sum = messages::media_bytes_of(db, account_id)?.saturating_add(size);
    if u64::try_from(sum).is_ok_and(|sum| sum > quota) {
        return Err(WebChatError::QuotaExceeded { quota });
    }
    Ok(())
}
