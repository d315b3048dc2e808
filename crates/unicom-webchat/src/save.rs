//! `save_webchat_message`: a visitor writes (seed 2.3).

use serde_json::{Map, Value};
use unicom_core::{CoreError, IncomingMessage, append_incoming};
use unicom_db::{
    ChatAccess, Tx,
    queries::{channels, chats},
};
use unicom_models::{Account, Channel, Chat, ChatId, MediaType, Message, MessageId, StoredMedia};

use crate::account::keep_person;
use crate::chats::check_metadata;
use crate::default_chat::default_chat_id;
use crate::{Visitor, WebChatError, get_or_create_account, title_of};

/// A message that a visitor writes.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    /// Its text; trimmed when it is stored. May be empty beside media.
    pub text: String,
    /// The chat to write to; by default the account's default chat, made where it is missing.
    pub chat_id: Option<ChatId>,
    /// Its file, already in the media store, and what kind it is.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The message of the same chat that it answers.
    pub reply_to_message_id: Option<MessageId>,
    /// The client's own name for it: the same again from the same account stores nothing.
    pub client_message_id: Option<String>,
    /// Kept on a chat that this message creates.
    pub metadata: Option<Map<String, Value>>,
}

impl NewMessage {
    /// A message of plain text for the default chat.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// The same for another chat.
    #[must_use]
    pub fn in_chat(self, chat_id: impl Into<ChatId>) -> Self {
        Self {
            chat_id: Some(chat_id.into()),
            ..self
        }
    }
}

/// What became of a visitor's message.
#[derive(Debug, Clone)]
pub enum Saved {
    /// It was stored, and its request with it.
    New(Message),
    /// It had been stored before under the same `client_message_id`; nothing was stored now.
    Replayed(Message),
}

impl Saved {
    /// The message, stored now or before.
    pub fn into_message(self) -> Message {
        match self {
            Self::New(message) | Self::Replayed(message) => message,
        }
    }

    /// The message, stored now or before.
    pub fn message(&self) -> &Message {
        match self {
            Self::New(message) | Self::Replayed(message) => message,
        }
    }
}

/// Stores a visitor's message and the request that it becomes; makes the account and its default chat where
/// they are missing. All of it or, on an error, nothing.
///
/// `channel` serves messages that name no chat; a named chat is written to on its own channel.
///
/// # Errors
/// [`WebChatError::AccountBlocked`], [`WebChatError::ChatNotFound`], [`WebChatError::NotFound`] for a
/// `reply_to_message_id` that is not in the chat, [`WebChatError::NoChannel`] where the chat's channel is switched
/// off, and [`WebChatError::Core`] for an empty text, a NUL, or a `client_message_id` used for something else.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// let saved = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let message = NewMessage { client_message_id: Some("m1".to_owned()), ..NewMessage::text("Hello!") };
///         save_webchat_message(tx, &channel, &visitor, message.clone())?;
///         // Sending again is safe.
///         save_webchat_message(tx, &channel, &visitor, message)
///     })
///     .wait()?;
/// assert!(matches!(saved, Saved::Replayed(_)));
/// assert_eq!(saved.message().chat_id.as_str(), "webchat_guest_4f3c");
/// # Ok::<(), WebChatError>(())
/// ```
pub fn save_webchat_message(
    tx: &mut Tx<'_>,
    channel: &Channel,
    visitor: &Visitor,
    new: NewMessage,
) -> Result<Saved, WebChatError> {
    check_metadata(new.metadata.as_ref())?;
    let incoming = IncomingMessage {
        text: new.text.trim().to_owned(),
        media: new.media,
        reply_to_message_id: new.reply_to_message_id,
        client_message_id: new.client_message_id,
        user_id: visitor.user_id().map(str::to_owned),
        verified_email: visitor.verified_email().map(str::to_owned),
        ..IncomingMessage::default()
    };
    let always_new = channel.config.get("new_chat").and_then(Value::as_str) == Some("always");
    let usual = match &new.chat_id {
        Some(chat_id) => Some(chat_id.clone()),
        None if always_new => None,
        None => Some(visitor.account_id().as_str().into()),
    };
    // A visitor who has written to this chat before, which is the usual case: one statement tells all.
    let known = match &usual {
        Some(chat_id) => chats::lock_access(tx, &visitor.account_id(), chat_id)?,
        None => None,
    };
    let known =
        known.filter(|access| new.chat_id.is_some() || access.chat().channel_id == channel.id);
    let account = match &known {
        Some(access) => keep_person(tx, access.account(), visitor)?,
        None => get_or_create_account(tx, channel, visitor)?,
    };
    if let Some(before) = incoming.stored_before(tx, &account, new.chat_id.as_ref())? {
        return Ok(Saved::Replayed(before));
    }
    let access = match (known, new.chat_id) {
        (Some(access), _) => access.seen_as(account),
        (None, Some(chat_id)) => named_chat(tx, channel, &account, chat_id, new.metadata)?,
        (None, None) if always_new => {
            make_chat(tx, channel, &account, ChatId::new(), new.metadata)?
        }
        (None, None) => default_chat(tx, channel, &account, new.metadata)?,
    };
    if access.chat().channel_id != channel.id
        && !channels::get(tx, access.chat().channel_id)?.is_some_and(|channel| channel.active)
    {
        return Err(WebChatError::NoChannel);
    }
    let title = title_of(&incoming.text);
    append_incoming(tx, &access, incoming, title.as_deref())
        .map(Saved::New)
        .map_err(reply_is_not_found)
}

/// The chat that was named. Nobody makes a chat by naming it: an unknown id is refused like somebody else's.
fn named_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    account: &Account,
    chat_id: ChatId,
    metadata: Option<Map<String, Value>>,
) -> Result<ChatAccess, WebChatError> {
    if chat_id == default_chat_id(account, channel.id) {
        return default_chat(tx, channel, account, metadata);
    }
    chats::lock_access(tx, &account.id, &chat_id)?.ok_or(WebChatError::ChatNotFound)
}

/// The account's default chat, made where it is missing.
fn default_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    account: &Account,
    metadata: Option<Map<String, Value>>,
) -> Result<ChatAccess, WebChatError> {
    let chat_id = default_chat_id(account, channel.id);
    match chats::lock_access(tx, &account.id, &chat_id)? {
        Some(access) => Ok(access),
        None => make_chat(tx, channel, account, chat_id, metadata),
    }
}

/// Makes a chat and lets the account take part. One that bears the id already is somebody else's, and stays so.
fn make_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    account: &Account,
    chat_id: ChatId,
    metadata: Option<Map<String, Value>>,
) -> Result<ChatAccess, WebChatError> {
    let chat = Chat {
        metadata: Value::Object(metadata.unwrap_or_default()),
        ..Chat::new(chat_id, channel, tx.now())
    };
    if !chats::insert_if_absent(tx, &chat)? {
        return Err(WebChatError::ChatNotFound);
    }
    chats::join(tx, &account.id, &chat.id)?;
    chats::lock_access(tx, &account.id, &chat.id)?.ok_or(WebChatError::ChatNotFound)
}

fn reply_is_not_found(error: CoreError) -> WebChatError {
    match error {
        CoreError::ReplyNotFound(_) => WebChatError::NotFound,
        error => error.into(),
    }
}
