//! What a visitor does with chats as a whole: make, name, archive, delete, mark as read.

use serde_json::{Map, Value};
use unicom_db::queries::chat_list::{self, ListedChat};
use unicom_db::{Tx, queries::chats};
use unicom_models::{Channel, Chat, ChatId, contains_nul};

use crate::access::write_access;
use crate::{Visitor, WebChatError, get_or_create_account};

/// Characters of a chat's name at the most.
const NAME_CHARACTERS: usize = 100;

/// A chat to make.
#[derive(Debug, Clone, Default)]
pub struct NewChat {
    /// Its name; by default that of its first message, once it has one.
    pub name: Option<String>,
    /// An object of the client's own.
    pub metadata: Option<Map<String, Value>>,
}

/// What to change of a chat; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct ChatChange {
    /// Its name.
    pub name: Option<String>,
    /// Whether it is put away.
    pub is_archived: Option<bool>,
    /// An object of the client's own, in the place of the one before.
    pub metadata: Option<Map<String, Value>>,
}

/// Makes a chat in which the visitor takes part, and the visitor's account where it is missing.
///
/// # Errors
/// [`WebChatError::InvalidField`], [`WebChatError::AccountBlocked`].
pub fn create_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    visitor: &Visitor,
    new: NewChat,
) -> Result<ListedChat, WebChatError> {
    let name = new.name.as_deref().map(checked_name).transpose()?;
    check_metadata(new.metadata.as_ref())?;
    let account = get_or_create_account(tx, channel, visitor)?;
    let chat = new_chat(tx, channel, ChatId::new(), name, new.metadata);
    chats::insert_if_absent(tx, &chat)?;
    chats::join(tx, &account.id, &chat.id)?;
    chat_list::one(tx, &account.id, &chat.id)?.ok_or(WebChatError::ChatNotFound)
}

/// Changes a chat's name, archived state or metadata.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`], [`WebChatError::InvalidField`].
pub fn update_chat(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
    change: ChatChange,
) -> Result<ListedChat, WebChatError> {
    let access = write_access(tx, visitor, chat_id)?;
    check_metadata(change.metadata.as_ref())?;
    let mut chat = access.chat().clone();
    if let Some(name) = change.name {
        chat.name = Some(checked_name(&name)?);
    }
    if let Some(is_archived) = change.is_archived {
        chat.is_archived = is_archived;
    }
    if let Some(metadata) = change.metadata {
        chat.metadata = Value::Object(metadata);
    }
    chats::update(tx, &chat)?;
    chat_list::one(tx, &access.account().id, chat_id)?.ok_or(WebChatError::ChatNotFound)
}

/// Deletes a chat with its messages and requests for good. The keys of its files: delete them from the media
/// store once the transaction is committed.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
pub fn delete_chat(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<Vec<String>, WebChatError> {
    write_access(tx, visitor, chat_id)?;
    Ok(chats::delete(tx, chat_id)?)
}

/// Marks everything in a chat as read by the visitor.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
pub fn mark_read(tx: &mut Tx<'_>, visitor: &Visitor, chat_id: &ChatId) -> Result<(), WebChatError> {
    let access = write_access(tx, visitor, chat_id)?;
    Ok(chats::mark_read(tx, &access)?)
}

/// A private chat on `channel`, not stored yet.
pub(crate) fn new_chat(
    tx: &Tx<'_>,
    channel: &Channel,
    id: ChatId,
    name: Option<String>,
    metadata: Option<Map<String, Value>>,
) -> Chat {
    Chat {
        id,
        channel_id: channel.id,
        platform: channel.platform.clone(),
        name,
        is_private: true,
        is_archived: false,
        metadata: Value::Object(metadata.unwrap_or_default()),
        first_message_id: None,
        first_incoming_message_id: None,
        first_outgoing_message_id: None,
        last_message_id: None,
        last_incoming_message_id: None,
        last_outgoing_message_id: None,
        last_activity_at: tx.now(),
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

fn checked_name(name: &str) -> Result<String, WebChatError> {
    let name = name.trim();
    let problem = if name.is_empty() {
        "must not be empty"
    } else if name.chars().count() > NAME_CHARACTERS {
        "must be at most 100 characters long"
    } else if name.contains('\0') {
        return Err(unicom_core::CoreError::Nul { field: "name" }.into());
    } else {
        return Ok(name.to_owned());
    };
    Err(WebChatError::InvalidField {
        field: "name",
        problem,
    })
}

pub(crate) fn check_metadata(metadata: Option<&Map<String, Value>>) -> Result<(), WebChatError> {
    let has_nul = |metadata: &Map<String, Value>| {
        metadata
            .iter()
            .any(|(key, value)| key.contains('\0') || contains_nul(value))
    };
    if metadata.is_some_and(has_nul) {
        return Err(unicom_core::CoreError::Nul { field: "metadata" }.into());
    }
    Ok(())
}
