//! `save_webchat_message`: a visitor writes a message (seed 2.3).

use serde_json::{Map, Value};
use unicom_core::{
    CoreError, IncomingMessage,
    inbound::{Saved, TextTarget, append_incoming, incoming_text, stored_text},
};
use unicom_db::queries::append_texts::{IncomingText, Stored, append_text};
use unicom_db::queries::visitor_access::{self, ChatChannel, WriteAccess};
use unicom_db::{
    Database, Engine, Reply, Tx,
    queries::{chat_access, chats},
};
use unicom_models::{Account, Channel, ChannelId, Chat, ChatId, Message};

use crate::account::sync_profile;
use crate::claims;
use crate::default_chat::default_chat_id;
use crate::first_contact::create_guest;
use crate::new_message::NewMessage;
use crate::quota::check_quota;
use crate::write_access::check_chat_id;
use crate::{
    FileTypes, MediaQuota, Visitor, WebChatError, check_metadata, get_or_create_account, title_of,
    webchat_channel_or_first,
};

/// Stores a visitor's message and its request. Creates the account and its default chat if they do
/// not exist. On an error, nothing is stored.
///
/// `channel` is used for messages that name no chat. A message to a named chat is stored on the
/// channel of that chat. A host that stores nothing else in the transaction uses
/// [`store_webchat_message`], which is faster on PostgreSQL.
///
/// # Errors
/// - [`WebChatError::NotFound`] if `reply_to_message_id` is not in the chat.
/// - [`WebChatError::NoChannel`] if the chat's channel is not active.
/// - [`WebChatError::Core`] if the text is empty, contains a NUL, or the `client_message_id` was
///   used for a different message.
/// - [`WebChatError::ChatNotFound`], [`WebChatError::FileNotAccepted`],
///   [`WebChatError::QuotaExceeded`], [`WebChatError::GuestsQuotaExceeded`], and the errors of
///   [`get_or_create_account`] and [`check_metadata`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let saved = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let message = NewMessage {
///             client_message_id: Some("m1".to_owned()),
///             ..NewMessage::text("Hello!")
///         };
///         save_webchat_message(tx, &channel, &visitor, message.clone())?;
///         // Sending again is safe.
///         save_webchat_message(tx, &channel, &visitor, message)
///     })
///     .wait()?;
/// assert!(!saved.is_new);
/// assert_eq!(saved.message.chat_id.as_str(), "webchat_guest_4f3c");
/// # Ok::<(), WebChatError>(())
/// ```
pub fn save_webchat_message(
    tx: &mut Tx<'_>,
    channel: &Channel,
    visitor: &Visitor,
    new: NewMessage,
) -> Result<Saved, WebChatError> {
    save(tx, &ChannelSelector::Channel(channel), visitor, new)
}

/// Stores a visitor's message like [`store_webchat_message`], in the caller's transaction. The
/// channel is read only if it is not the channel of the chat.
///
/// # Errors
/// The errors of [`save_webchat_message`], and [`WebChatError::NoChannel`] if there is no such
/// channel.
#[doc(hidden)]
pub fn save_webchat_message_on(
    tx: &mut Tx<'_>,
    channel_id: Option<ChannelId>,
    visitor: &Visitor,
    new: NewMessage,
) -> Result<Saved, WebChatError> {
    save(tx, &ChannelSelector::Number(channel_id), visitor, new)
}

/// Stores a visitor's message like [`save_webchat_message`], in a separate transaction and in the
/// fastest way for the database engine: on PostgreSQL with a statement that it shares with other
/// messages, if possible.
///
/// A message that names no chat goes to the channel with this id or, by default, to the first
/// active web chat channel.
///
/// # Errors
/// The errors of [`save_webchat_message`], and [`WebChatError::NoChannel`] if there is no such
/// channel.
pub fn store_webchat_message(
    database: &Database,
    channel_id: Option<ChannelId>,
    visitor: Visitor,
    new: NewMessage,
) -> Reply<Saved, WebChatError> {
    let usual = match database.engine() {
        Engine::Postgres => usual_text(channel_id, &visitor, &new),
        Engine::Sqlite => None,
    };
    match usual {
        Some((text, message)) => {
            let (first, stored_first) = (text.clone(), message.clone());
            database.write_text(
                text,
                move |stored| Saved::new(stored_text(message, stored)),
                move |tx| match save_first_text(tx, channel_id, &visitor, &new, &first)? {
                    Some(stored) => Ok(Saved::new(stored_text(stored_first, stored))),
                    None => save_webchat_message_on(tx, channel_id, &visitor, new),
                },
            )
        }
        None => database.write(move |tx| save_webchat_message_on(tx, channel_id, &visitor, new)),
    }
}

/// Returns the message as a text for the usual case: a known account writes to a known chat.
/// Returns `None` if it is invalid or no text: then the general case stores it or reports the
/// error.
fn usual_text(
    channel_id: Option<ChannelId>,
    visitor: &Visitor,
    new: &NewMessage,
) -> Option<(IncomingText, Message)> {
    if new.claims.is_some() {
        return None;
    }
    check_metadata(new.metadata.as_ref()).ok()?;
    new.chat_id.as_ref().map_or(Ok(()), check_chat_id).ok()?;
    let account_id = visitor.checked_account_id().ok()?;
    let (is_named, chat_id) = (new.chat_id.is_some(), new.chat_id.clone());
    let target = TextTarget {
        chat_id: chat_id.unwrap_or_else(|| account_id.as_str().into()),
        account_id,
        account_name: match visitor {
            Visitor::User(user) => Some(user.shown_name()),
            Visitor::Guest(_) => None,
        },
        is_named,
        unless_setting: (!is_named).then_some(NEW_CHAT_ALWAYS),
        channel_id,
    };
    let incoming = incoming(visitor, new.clone());
    let title = title_of(&incoming.text);
    incoming_text(target, &incoming, title).ok()?
}

/// Stores a text that is the first message of a guest, on PostgreSQL with few statements. Returns
/// `None` if it is not.
fn save_first_text(
    tx: &mut Tx<'_>,
    channel_id: Option<ChannelId>,
    visitor: &Visitor,
    new: &NewMessage,
    text: &IncomingText,
) -> Result<Option<Stored>, WebChatError> {
    let (Visitor::Guest(guest), None) = (visitor, &new.chat_id) else {
        return Ok(None);
    };
    let channel = webchat_channel_or_first(tx, channel_id)?;
    if begins_new_chats(&channel.config)
        || !create_guest(tx, &channel, &guest.id, new.metadata.clone())?
    {
        return Ok(None);
    }
    Ok(append_text(tx, text)?)
}

/// How a channel is selected.
enum ChannelSelector<'a> {
    Channel(&'a Channel),
    /// The channel with this id or, by default, the first active web chat channel.
    Number(Option<ChannelId>),
}

impl ChannelSelector<'_> {
    fn get(&self, tx: &mut Tx<'_>) -> Result<Channel, WebChatError> {
        match self {
            Self::Channel(channel) => Ok((*channel).clone()),
            Self::Number(id) => webchat_channel_or_first(tx, *id),
        }
    }

    /// Returns `true` if the chat's channel is the selected one. A channel that is selected by its
    /// id must be active.
    fn is(&self, of_chat: &ChatChannel) -> bool {
        match self {
            Self::Channel(wanted) => wanted.id == of_chat.id,
            Self::Number(Some(id)) => *id == of_chat.id && of_chat.is_active,
            Self::Number(None) => of_chat.is_first,
        }
    }
}

fn save(
    tx: &mut Tx<'_>,
    wanted: &ChannelSelector<'_>,
    visitor: &Visitor,
    new: NewMessage,
) -> Result<Saved, WebChatError> {
    check_metadata(new.metadata.as_ref())?;
    let said = new.claims.clone().map(claims::of_message).transpose()?;
    new.chat_id.as_ref().map_or(Ok(()), check_chat_id)?;
    let (chat_id, metadata, quota) = (new.chat_id.clone(), new.metadata.clone(), new.media_quota);
    let incoming = incoming(visitor, new);
    match resolve_target(tx, wanted, visitor, chat_id, metadata, &incoming)? {
        Target::Chat(access) => {
            if let Some(said) = said {
                claims::store(tx, access.access.account(), &said)?;
            }
            append(tx, *access, incoming, quota)
        }
        Target::Stored(before) => Ok(Saved::before(*before)),
    }
}

/// Where a message of a visitor goes.
enum Target {
    /// To this chat, which is locked.
    Chat(Box<WriteAccess>),
    /// It repeats this message, which is stored.
    Stored(Box<Message>),
}

/// Finds the account and the chat of a visitor's message, and creates them if needed.
fn resolve_target(
    tx: &mut Tx<'_>,
    wanted: &ChannelSelector<'_>,
    visitor: &Visitor,
    chat_id: Option<ChatId>,
    metadata: Option<Map<String, Value>>,
    incoming: &IncomingMessage,
) -> Result<Target, WebChatError> {
    // The usual case is a visitor who has written to this chat before: one statement reads
    // everything.
    let account_id = visitor.checked_account_id()?;
    let usual = match &chat_id {
        Some(chat_id) => chat_id.clone(),
        None => account_id.as_str().into(),
    };
    let part = visitor_access::for_writing(tx, &account_id, &usual, incoming.references()?)?;
    let is_meant = |part: &WriteAccess| match &chat_id {
        Some(_) => part.channel.is_active,
        None => !begins_new_chats(&part.channel_config),
    };
    if let Some(part) = part.filter(|part| wanted.is(&part.channel) && is_meant(part)) {
        let account = sync_profile(tx, part.access.account(), visitor)?;
        if part.repeated.is_some()
            && let Some(before) = incoming.find_duplicate(tx, &account, chat_id.as_ref())?
        {
            return Ok(Target::Stored(Box::new(before)));
        }
        return Ok(Target::Chat(Box::new(part.with_account(account))));
    }
    let channel = wanted.get(tx)?;
    if let (Visitor::Guest(guest), None) = (visitor, &chat_id)
        && !begins_new_chats(&channel.config)
        && create_guest(tx, &channel, &guest.id, metadata.clone())?
        && let Some(part) =
            visitor_access::for_writing(tx, &account_id, &usual, incoming.references()?)?
    {
        return Ok(Target::Chat(Box::new(part)));
    }
    let account = get_or_create_account(tx, &channel, visitor)?;
    if let Some(before) = incoming.find_duplicate(tx, &account, chat_id.as_ref())? {
        return Ok(Target::Stored(Box::new(before)));
    }
    let chat_id = match chat_id {
        // Naming a chat does not create it: an unknown id is refused like that of another account's
        // chat.
        Some(chat_id) if chat_id != default_chat_id(&account, channel.id) => chat_id,
        None if begins_new_chats(&channel.config) => {
            let chat_id = ChatId::new();
            make_chat(tx, &channel, &account, &chat_id, metadata)?;
            chat_id
        }
        _ => {
            let chat_id = default_chat_id(&account, channel.id);
            if chat_access::lock_access(tx, &account.id, &chat_id)?.is_none() {
                make_chat(tx, &channel, &account, &chat_id, metadata)?;
            }
            chat_id
        }
    };
    let part = visitor_access::for_writing(tx, &account.id, &chat_id, incoming.references()?)?
        .ok_or(WebChatError::ChatNotFound)?;
    if !part.channel.is_active {
        return Err(WebChatError::NoChannel);
    }
    Ok(Target::Chat(Box::new(part)))
}

fn incoming(visitor: &Visitor, new: NewMessage) -> IncomingMessage {
    IncomingMessage {
        text: new.text.trim().to_owned(),
        media: new.media,
        reply_to_message_id: new.reply_to_message_id,
        client_message_id: new.client_message_id,
        user_id: visitor.user_id().map(str::to_owned),
        verified_email: visitor.verified_email().map(str::to_owned),
        ..IncomingMessage::default()
    }
}

/// The setting of a channel, and its value, with which a message that names no chat begins a new
/// one.
const NEW_CHAT_ALWAYS: (&str, &str) = ("new_chat", "always");

fn begins_new_chats(channel_config: &Value) -> bool {
    let (setting, value) = NEW_CHAT_ALWAYS;
    channel_config.get(setting).and_then(Value::as_str) == Some(value)
}

fn append(
    tx: &mut Tx<'_>,
    part: WriteAccess,
    incoming: IncomingMessage,
    quota: MediaQuota,
) -> Result<Saved, WebChatError> {
    if let Some((_, file)) = &incoming.media {
        FileTypes::of_config(&part.channel_config).check(&file.content_type)?;
        check_quota(tx, &part.access.account().id, file.size, quota)?;
    }
    let title = title_of(&incoming.text);
    append_incoming(tx, &part, incoming, title.as_deref())
        .map(Saved::new)
        .map_err(reply_is_not_found)
}

/// Creates a chat and adds the account to it.
///
/// # Errors
/// [`WebChatError::ChatNotFound`] if a chat with this id exists: it belongs to another account.
fn make_chat(
    tx: &mut Tx<'_>,
    channel: &Channel,
    account: &Account,
    chat_id: &ChatId,
    metadata: Option<Map<String, Value>>,
) -> Result<(), WebChatError> {
    let mut chat = Chat::new(chat_id.clone(), channel, tx.now());
    chat.metadata = Value::Object(metadata.unwrap_or_default());
    if !chats::insert_if_absent(tx, &chat)? {
        return Err(WebChatError::ChatNotFound);
    }
    Ok(chats::join(tx, &account.id, chat_id)?)
}

fn reply_is_not_found(error: CoreError) -> WebChatError {
    match error {
        CoreError::ReplyNotFound(_) => WebChatError::NotFound,
        error => error.into(),
    }
}
