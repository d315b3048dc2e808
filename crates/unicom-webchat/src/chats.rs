//! Operations of a visitor on whole chats: create, rename, archive, delete, mark as read.

use serde_json::{Map, Value, json};
use unicom_core::admin::Actor;
use unicom_core::text::{has_visible, without_invisible};
use unicom_db::queries::chat_list::{self, ListedChat};
use unicom_db::{
    Db, Tx,
    queries::{
        chats, messages,
        read_positions::{self, Progress},
    },
};
use unicom_models::{Channel, Chat, ChatId, MessageId};

use crate::read_access::read_access;
use crate::write_access::write_access;
use crate::{Visitor, WebChatError, check_metadata, get_or_create_account};

/// Maximum length of a chat name in characters.
const NAME_CHARACTERS: usize = 100;

/// A chat to create.
#[derive(Debug, Clone, Default)]
pub struct NewChat {
    /// The name of the chat. By default the chat is named after its first message, once it has one.
    pub name: Option<String>,
    /// An object that the client stores with the chat. See [`check_metadata`] for its limits.
    pub metadata: Option<Map<String, Value>>,
}

/// Changes to a chat. `None` leaves a field unchanged.
#[derive(Debug, Clone, Default)]
pub struct ChatChange {
    /// The new name.
    pub name: Option<String>,
    /// Whether the chat is archived.
    pub is_archived: Option<bool>,
    /// An object that the client stores with the chat. Replaces the previous one. See
    /// [`check_metadata`] for its limits.
    pub metadata: Option<Map<String, Value>>,
}

/// Creates a chat with the visitor as a participant. Creates the visitor's account if it does not
/// exist.
///
/// # Errors
/// [`WebChatError::InvalidField`], and the errors of [`get_or_create_account`] and
/// [`check_metadata`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let listed = database
///     .write(move |tx| {
///         let new = NewChat { name: Some("Returns".to_owned()), ..NewChat::default() };
///         create_chat(tx, &channel, &Visitor::guest("4f3c"), new)
///     })
///     .wait()?;
/// assert_eq!(listed.chat.name.as_deref(), Some("Returns"));
/// assert_eq!(listed.unread_count, 0);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn create_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    visitor: &Visitor,
    new: NewChat,
) -> Result<ListedChat, WebChatError> {
    let name = new.name.as_deref().map(checked_name).transpose()?;
    check_metadata(new.metadata.as_ref())?;
    let account = get_or_create_account(tx, channel, visitor)?;
    let mut chat = Chat::new(ChatId::new(), channel, tx.now());
    chat.name = name;
    chat.metadata = Value::Object(new.metadata.unwrap_or_default());
    chats::insert_if_absent(tx, &chat)?;
    chats::join(tx, &account.id, &chat.id)?;
    chat_list::one(tx, &account.id, &chat.id)?.ok_or(WebChatError::ChatNotFound)
}

/// Changes a chat's name, archived state or metadata.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`],
/// [`WebChatError::InvalidField`], and the errors of [`check_metadata`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let listed = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let chat = create_chat(tx, &channel, &visitor, NewChat::default())?.chat;
///         let change = ChatChange { is_archived: Some(true), ..ChatChange::default() };
///         update_chat(tx, &visitor, &chat.id, change)
///     })
///     .wait()?;
/// assert!(listed.chat.is_archived);
/// # Ok::<(), WebChatError>(())
/// ```
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

/// Deletes a chat permanently with all its messages and requests, including the messages that
/// admins wrote in it. Returns the storage keys of its files. The caller deletes them from the
/// media store once the transaction is committed.
///
/// Adds an entry with the number of deleted rows and files to the audit trail, unless the chat had
/// no messages.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let files = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let chat = create_chat(tx, &channel, &visitor, NewChat::default())?.chat;
///         delete_chat(tx, &visitor, &chat.id)
///     })
///     .wait()?;
/// assert!(files.is_empty());
/// # Ok::<(), WebChatError>(())
/// ```
pub fn delete_chat(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
) -> Result<Vec<String>, WebChatError> {
    let access = write_access(tx, visitor, chat_id)?;
    let account_id = access.account().id.clone();
    let content = chats::content(tx, chat_id)?;
    let files = chats::delete(tx, chat_id)?;
    if content.messages > 0 {
        Actor::account(&account_id).record(
            tx,
            "chat.delete",
            format_args!("chat:{chat_id}"),
            json!({
                "messages": content.messages,
                "messages_of_staff": content.messages_of_admins,
                "requests": content.requests,
                "files": files.len(),
            }),
        )?;
    }
    Ok(files)
}

/// Marks all messages of a chat as read by the visitor.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_core::OutgoingMessage;
///
/// let page = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let saved = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?;
///         let chat_id = saved.message.chat_id.clone();
///         send_webchat_message(tx, &channel, &chat_id, OutgoingMessage::text("Hi!"))?;
///         mark_read(tx, &visitor, &chat_id)?;
///         list_chats(tx, &visitor, &ChatPageRequest::default())
///     })
///     .wait()?;
/// assert_eq!(page.chats[0].unread_count, 0);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn mark_read(tx: &mut Tx<'_>, visitor: &Visitor, chat_id: &ChatId) -> Result<(), WebChatError> {
    let access = write_access(tx, visitor, chat_id)?;
    let newest_at = access.chat().last_activity_at;
    read_positions::advance(tx, &access, Progress::Read, newest_at)?;
    Ok(())
}

/// Records that the visitor has read the messages of a chat up to this one, or that a client of the
/// visitor has received them. Nothing changes if that was recorded for a later message.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`], and
/// [`WebChatError::NotFound`] if the message is not in the chat.
pub fn note_progress(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    chat_id: &ChatId,
    message_id: MessageId,
    progress: Progress,
) -> Result<(), WebChatError> {
    let access = write_access(tx, visitor, chat_id)?;
    let position = messages::position(tx, &access, message_id)?;
    let position = position.ok_or(WebChatError::NotFound)?;
    read_positions::advance(tx, &access, progress, position.timestamp)?;
    Ok(())
}

/// Returns `true` if [`note_progress`] would change nothing. It needs no transaction.
///
/// # Errors
/// Those of [`note_progress`].
pub fn is_progress_noted(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
    message_id: MessageId,
    progress: Progress,
) -> Result<bool, WebChatError> {
    let part = read_access(db, visitor, chat_id, Some(message_id))?;
    let message = part.position.ok_or(WebChatError::NotFound)?;
    let noted = read_positions::own(db, &part.access)?;
    let noted = noted.and_then(|position| progress.of(&position));
    let is_unread = progress == Progress::Read && part.access.unread_count() > 0;
    Ok(noted >= Some(message.timestamp) && !is_unread)
}

fn checked_name(name: &str) -> Result<String, WebChatError> {
    let shown = without_invisible(name);
    let name = shown.trim();
    let problem = if name.contains('\0') {
        return Err(unicom_core::CoreError::Nul { field: "name" }.into());
    } else if !has_visible(name) {
        "must not be empty"
    } else if name.chars().count() > NAME_CHARACTERS {
        "must be at most 100 characters long"
    } else {
        return Ok(name.to_owned());
    };
    Err(WebChatError::InvalidField {
        field: "name",
        problem,
    })
}
