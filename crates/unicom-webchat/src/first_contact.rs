//! `create_guest`: the account and the chat of a guest who writes for the first time.

use serde_json::{Map, Value};
use unicom_db::Tx;
use unicom_db::queries::{account_tombstones, first_contact};
use unicom_models::{Account, Channel, Chat};

use crate::default_chat::default_chat_id;
use crate::{GuestId, Visitor, WebChatError};

/// Creates the guest's account and its default chat with this metadata. Returns `false` if the
/// account exists or has existed: [`get_or_create_account`](crate::get_or_create_account) decides
/// then.
///
/// # Errors
/// [`WebChatError::ChatNotFound`] if the chat exists: it belongs to another account.
pub(crate) fn create_guest(
    tx: &mut Tx<'_>,
    channel: &Channel,
    guest: &GuestId,
    metadata: Option<Map<String, Value>>,
) -> Result<bool, WebChatError> {
    let visitor = Visitor::from(guest.clone());
    let id = visitor.checked_account_id()?;
    // Wait until an erasure that is in progress has ended, before looking for its tombstone.
    account_tombstones::lock_account_ids(tx, std::slice::from_ref(&id))?;
    if !first_contact::is_unknown(tx, &id)? {
        return Ok(false);
    }
    let account = Account::new(id, channel, visitor.name(), tx.now());
    let mut chat = Chat::new(default_chat_id(&account, channel.id), channel, tx.now());
    chat.metadata = Value::Object(metadata.unwrap_or_default());
    match first_contact::create(tx, &account, &chat)? {
        true => Ok(true),
        false => Err(WebChatError::ChatNotFound),
    }
}
