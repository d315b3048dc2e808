//! What a visitor does with chats as a whole: make, name, archive, delete, mark as read.

use serde_json::{Map, Value, json};
use unicom_core::admin::record_audit;
use unicom_db::queries::chat_list::{self, ListedChat};
use unicom_db::{Tx, queries::chats};
use unicom_models::{Channel, Chat, ChatId};

use crate::access::write_access;
use crate::{Visitor, WebChatError, check_metadata, get_or_create_account};

/// Characters of a chat's name at the most.
const NAME_CHARACTERS: usize = 100;

/// A chat to make.
#[derive(Debug, Clone, Default)]
pub struct NewChat {
    /// Its name; by default that of its first message, once it has one.
    pub name: Option<String>,
    /// An object of the client's own: see [`check_metadata`].
    pub metadata: Option<Map<String, Value>>,
}

/// What to change of a chat; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct ChatChange {
    /// Its name.
    pub name: Option<String>,
    /// Whether it is put away.
    pub is_archived: Option<bool>,
    /// An object of the client's own, in the place of the one before: see [`check_metadata`].
    pub metadata: Option<Map<String, Value>>,
}

/// Makes a chat in which the visitor takes part, and the visitor's account where it is missing.
///
/// # Errors
/// [`WebChatError::InvalidField`], [`WebChatError::AccountBlocked`], those of [`check_metadata`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
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
    let chat = Chat {
        name,
        metadata: Value::Object(new.metadata.unwrap_or_default()),
        ..Chat::new(ChatId::new(), channel, tx.now())
    };
    chats::insert_if_absent(tx, &chat)?;
    chats::join(tx, &account.id, &chat.id)?;
    chat_list::one(tx, &account.id, &chat.id)?.ok_or(WebChatError::ChatNotFound)
}

/// Changes a chat's name, archived state or metadata.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`], [`WebChatError::InvalidField`], those of
/// [`check_metadata`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// let listed = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let chat = create_chat(tx, &channel, &visitor, NewChat::default())?.chat;
///         update_chat(tx, &visitor, &chat.id, ChatChange { is_archived: Some(true), ..ChatChange::default() })
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

/// Deletes a chat with its messages and requests for good, what staff wrote in it among them, and
/// returns the keys of its files: delete them from the media store once the transaction is
/// committed.
///
/// Leaves a line in the audit trail with how much went, unless the chat was empty.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
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
        record_audit(
            tx,
            &format!("account:{account_id}"),
            "chat.delete",
            &format!("chat:{chat_id}"),
            json!({
                "messages": content.messages,
                "messages_of_staff": content.messages_of_staff,
                "requests": content.requests,
                "files": files.len(),
            }),
        )?;
    }
    Ok(files)
}

/// Marks everything in a chat as read by the visitor.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// use unicom_core::OutgoingMessage;
///
/// let page = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let chat_id = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?.message().chat_id.clone();
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
    Ok(chats::mark_read(tx, &access)?)
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
