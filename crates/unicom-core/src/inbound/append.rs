//! Stores an incoming message with the request it becomes.

use serde_json::{Map, Value, json};
use unicom_db::queries::append_texts::{IncomingText, Stored};
use unicom_db::queries::visitor_access::WriteAccess;
use unicom_db::queries::{files, queue, requests};
use unicom_db::{Event, Tx};
use unicom_models::{
    AccountId, ChannelId, ChatId, Direction, Message, Request, RequestId, UtcTime,
};

use super::file_ref::FileRef;
use super::incoming::IncomingMessage;
use crate::store_message::{Composed, Content, store};
use crate::{
    CoreError,
    text::{email_address, phone_number},
};

/// Stores `incoming` and its request at the end of a chat.
///
/// `part` must have been requested with the [references](IncomingMessage::references) of
/// `incoming`. If it reports a repeated message, call [`IncomingMessage::find_duplicate`] instead.
/// `chat_name` becomes the name of the chat if it has none. The message's time is later than that
/// of every earlier message of the chat.
///
/// # Errors
/// [`CoreError::EmptyMessage`], [`CoreError::Nul`], [`CoreError::TooLarge`],
/// [`CoreError::ReplyNotFound`].
pub fn append_incoming(
    tx: &mut Tx<'_>,
    part: &WriteAccess,
    incoming: IncomingMessage,
    chat_name: Option<&str>,
) -> Result<Message, CoreError> {
    incoming.check()?;
    let (account, chat) = (part.access.account(), part.chat());
    if let Some(reply_to) = incoming.reply_to_message_id
        && !part.reply_is_there
    {
        return Err(CoreError::ReplyNotFound(reply_to));
    }
    let content = if incoming.files.is_empty() {
        Content::new(incoming.text, incoming.html, incoming.media)?
    } else {
        Content::with_files(incoming.text, incoming.html, incoming.media)?
    };
    let email = incoming.verified_email.as_deref();
    let email = email.and_then(|email| email_address(email).ok());
    let phone = incoming.verified_phone.as_deref();
    let phone = phone.and_then(|phone| phone_number(phone).ok());
    let details = content.details(None);
    let mut message = content.into_message(tx, &chat, Direction::Incoming);
    message.sender_id = Some(account.id.clone());
    message.sender_name.clone_from(&account.name);
    message.user_id = incoming.user_id;
    message.subject = incoming.subject;
    message.reply_to_message_id = incoming.reply_to_message_id;
    message.provider_message_id = incoming.provider_message_id;
    message.client_message_id = incoming.client_message_id;
    message.raw = build_raw(incoming.raw, incoming.clicked);
    let composed = Composed { message, details };
    store(tx, &chat, &composed, chat_name)?;
    let message = composed.message;
    // Due now: the message's time may lie ahead if the clock stood still or was set back.
    let mut request = Request::new(&message, account, tx.now());
    (request.email, request.phone) = (email, phone);
    if !incoming.files.is_empty() {
        if message.text.is_empty()
            && let Some(name) = incoming.files.iter().find_map(|file| file.name.as_deref())
        {
            request.display_text = Request::display_text(name);
        }
        let waiting = FileRef::waiting(incoming.files, message.id, tx.now());
        files::insert(tx, &chat, message.id, &waiting)?;
        queue::wait_for_files(&mut request, tx.now());
    }
    requests::insert(tx, &chat, &request)?;
    tx.emit(Event::RequestReady {
        request_id: request.id,
    });
    Ok(message)
}

/// The account and the chat of a text that is stored with
/// [`Database::write_text`](unicom_db::Database::write_text).
#[derive(Debug, Clone)]
#[doc(hidden)]
pub struct TextTarget {
    /// The account of the sender.
    pub account_id: AccountId,
    /// The name the account must have. If set, the account must also have a member. `None` if
    /// neither matters.
    pub account_name: Option<String>,
    /// The chat.
    pub chat_id: ChatId,
    /// Whether the caller named the chat. If so, its channel may be any active one unless
    /// `channel_id` is set.
    pub is_named: bool,
    /// A setting and a value of it: the text is stored only if the channel's configuration does not
    /// have them.
    pub unless_setting: Option<(&'static str, &'static str)>,
    /// The channel of the chat. Defaults to the first active channel of its platform.
    pub channel_id: Option<ChannelId>,
}

/// Describes `incoming` for [`Database::write_text`](unicom_db::Database::write_text), which stores
/// it like [`append_incoming`]. Also returns the message that is stored then, without what only
/// the database knows; [`stored_text`] adds that.
///
/// Returns `None` unless the message is a text.
///
/// # Errors
/// Those errors of [`append_incoming`] that depend on the message alone.
#[doc(hidden)]
pub fn incoming_text(
    target: TextTarget,
    incoming: &IncomingMessage,
    chat_name: Option<String>,
) -> Result<Option<(IncomingText, Message)>, CoreError> {
    incoming.check()?;
    let Some(text) = plain_text(incoming) else {
        return Ok(None);
    };
    let content = Content::new(text.to_owned(), None, None)?;
    let email = incoming.verified_email.as_deref();
    let email = email.and_then(|email| email_address(email).ok());
    let mut message = content.written(
        UtcTime::BEGINNING,
        target.chat_id.clone(),
        ChannelId(0),
        Direction::Incoming,
    );
    message.sender_id = Some(target.account_id.clone());
    message.user_id.clone_from(&incoming.user_id);
    message.reply_to_message_id = incoming.reply_to_message_id;
    message
        .client_message_id
        .clone_from(&incoming.client_message_id);
    let (setting, refused_value) = target.unless_setting.unzip();
    let text = IncomingText {
        account_id: target.account_id,
        account_name: target.account_name,
        chat_id: target.chat_id,
        is_named: target.is_named,
        setting,
        refused_value: refused_value.unwrap_or_default(),
        channel_id: target.channel_id,
        message_id: message.id,
        request_id: RequestId::new(),
        user_id: incoming.user_id.clone(),
        text: text.to_owned(),
        display_text: Request::display_text(text),
        email,
        reply_to: incoming.reply_to_message_id,
        client_message_id: incoming.client_message_id.clone(),
        chat_name,
    };
    Ok(Some((text, message)))
}

/// Returns the message of [`incoming_text`] as it is stored.
#[doc(hidden)]
pub fn stored_text(message: Message, stored: Stored) -> Message {
    let mut message = message;
    message.channel_id = stored.channel_id;
    message.sender_name = stored.sender_name;
    message.timestamp = stored.timestamp;
    message
}

/// Returns the text of a message that has nothing else.
fn plain_text(incoming: &IncomingMessage) -> Option<&str> {
    match incoming {
        IncomingMessage {
            text,
            html: None,
            subject: None,
            media: None,
            files,
            provider_message_id: None,
            verified_phone: None,
            clicked: None,
            raw: Value::Null,
            ..
        } if files.is_empty() => Some(text),
        _ => None,
    }
}

/// Returns the platform's data to store, with the value of the clicked button if the message is a
/// click.
fn build_raw(raw: Value, clicked: Option<String>) -> Value {
    let mut kept = match raw {
        Value::Null => Map::new(),
        Value::Object(fields) => fields,
        other if clicked.is_none() => return other,
        other => Map::from_iter([("raw".to_owned(), other)]),
    };
    // Providers pass on data from other users, which must not be able to pass for a click.
    kept.remove(Message::CLICK);
    if let Some(value) = clicked {
        kept.insert(Message::CLICK.to_owned(), json!({ "value": value }));
    }
    Value::Object(kept)
}
