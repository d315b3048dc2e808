//! `save_webchat_message`: a visitor writes (seed 2.3).

use serde_json::{Map, Value};
use unicom_core::{IncomingMessage, append_incoming};
use unicom_db::{
    ChatAccess, Tx,
    queries::{channels, chats},
};
use unicom_models::{Account, Channel, ChatId, MediaType, Message, MessageId, StoredMedia};

use crate::account::keep_person;
use crate::chats::{check_metadata, new_chat};
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
        ..IncomingMessage::default()
    };
    let always_new = new.chat_id.is_none()
        && channel.config.get("new_chat").and_then(Value::as_str) == Some("always");

    // A visitor who has written to this chat before, which is the usual case: one statement tells all.
    let named = new
        .chat_id
        .clone()
        .unwrap_or_else(|| visitor.account_id().as_str().into());
    let known = if always_new {
        None
    } else {
        chats::lock_access(tx, &visitor.account_id(), &named)?
    };
    let known =
        known.filter(|access| new.chat_id.is_some() || access.chat().channel_id == channel.id);
    let (access, account) = match known {
        Some(access) => {
            let account = keep_person(tx, access.account().clone(), visitor)?;
            if let Some(before) = incoming.stored_before(tx, &account, new.chat_id.as_ref())? {
                return Ok(Saved::Replayed(before));
            }
            (access, account)
        }
        None => {
            let account = get_or_create_account(tx, channel, visitor)?;
            if let Some(before) = incoming.stored_before(tx, &account, new.chat_id.as_ref())? {
                return Ok(Saved::Replayed(before));
            }
            let chat_id = match new.chat_id {
                Some(chat_id) => chat_id,
                None if always_new => ChatId::new(),
                None => default_chat_id(&account, channel.id),
            };
            (
                open_chat(tx, channel, &account, chat_id, new.metadata, always_new)?,
                account,
            )
        }
    };
    if access.chat().channel_id != channel.id
        && !channels::get(tx, access.chat().channel_id)?.is_some_and(|channel| channel.active)
    {
        return Err(WebChatError::NoChannel);
    }
    let title = title_of(&incoming.text);
    let access = access.seen_as(account);
    append_incoming(tx, &access, incoming, title.as_deref())
        .map(Saved::New)
        .map_err(reply_is_not_found)
}

/// The chat to write to, made where it is the account's own default chat or a new one.
fn open_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    account: &Account,
    chat_id: ChatId,
    metadata: Option<Map<String, Value>>,
    always_new: bool,
) -> Result<ChatAccess, WebChatError> {
    if let Some(access) = chats::lock_access(tx, &account.id, &chat_id)? {
        return Ok(access);
    }
    // Nobody makes a chat by naming it: an unknown id is refused like somebody else's.
    if !always_new && chat_id != default_chat_id(account, channel.id) {
        return Err(WebChatError::ChatNotFound);
    }
    chats::insert_if_absent(tx, &new_chat(tx, channel, chat_id.clone(), None, metadata))?;
    chats::join(tx, &account.id, &chat_id)?;
    chats::lock_access(tx, &account.id, &chat_id)?.ok_or(WebChatError::ChatNotFound)
}

fn reply_is_not_found(error: unicom_core::CoreError) -> WebChatError {
    match error {
        unicom_core::CoreError::ReplyNotFound(_) => WebChatError::NotFound,
        error => error.into(),
    }
}
