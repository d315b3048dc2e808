//! Storing an incoming message together with the request it becomes.

use serde_json::{Map, Value, json};
use unicom_db::queries::access::{References, WriteAccess};
use unicom_db::queries::fast_path::{self, IncomingText};
use unicom_db::{
    Event, SingleStatement, Tx,
    queries::{account_tombstones, messages, requests},
};
use unicom_models::{
    Account, AccountId, ChannelId, ChatId, Direction, MediaType, Message, MessageId, Request,
    RequestId, RequestStatus, StoredMedia, UtcTime, contains_nul,
};

use crate::append::{Content, check_nul, store};
use crate::{
    CoreError,
    html::CleanHtml,
    text::{email_address, phone_number},
};

/// Number of characters of a message's text shown in the display text of its request.
const DISPLAY_CHARACTERS: usize = 200;

/// A message received from a platform.
#[derive(Debug, Clone, Default)]
pub struct IncomingMessage {
    /// Plain text. May be empty if there is media.
    pub text: String,
    /// HTML.
    pub html: Option<CleanHtml>,
    /// The subject.
    pub subject: Option<String>,
    /// The file, already in the media store, and its type.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The message of the same chat that this message replies to.
    pub reply_to_message_id: Option<MessageId>,
    /// The id that the client gave the message. A second message with this id from the same account
    /// is not stored.
    pub client_message_id: Option<String>,
    /// The id that the platform's provider gave the message.
    pub provider_message_id: Option<String>,
    /// The host's id of the user who wrote the message.
    pub user_id: Option<String>,
    /// An e-mail address that is proven to be the sender's.
    ///
    /// It is used to find the member behind the account, so never pass an address that is merely
    /// claimed. An invalid address is ignored.
    pub verified_email: Option<String>,
    /// A telephone number, with country code, that is proven to be the sender's.
    ///
    /// It is used to find the member behind the account, so never pass a number that is merely
    /// claimed. An invalid number is ignored.
    pub verified_phone: Option<String>,
    /// The value of the clicked button, if the message is a click. It is passed on to bots.
    ///
    /// `reply_to_message_id` names the message with the button. For buttons that unicom sent, use
    /// [`click`](crate::buttons::click) instead.
    pub clicked: Option<String>,
    /// The data received from the platform, unchanged. `null` counts as an empty object.
    ///
    /// A field [`Message::CLICK`] in it is dropped: only `clicked` marks a message as a click.
    pub raw: Value,
}

/// The result of storing an incoming message.
#[derive(Debug, Clone)]
pub enum Appended {
    /// The message was stored.
    New(Message),
    /// The message had been stored before. Nothing was stored now.
    Repeated(Message),
}

impl Appended {
    /// Returns the message, whether it was stored now or before.
    pub fn into_message(self) -> Message {
        match self {
            Self::New(message) | Self::Repeated(message) => message,
        }
    }
}

impl IncomingMessage {
    fn check(&self) -> Result<(), CoreError> {
        check_nul("subject", self.subject.as_ref())?;
        check_nul("client_message_id", self.client_message_id.as_ref())?;
        check_nul("provider_message_id", self.provider_message_id.as_ref())?;
        check_nul("clicked", self.clicked.as_ref())?;
        if contains_nul(&self.raw) {
            return Err(CoreError::Nul { field: "raw" });
        }
        Ok(())
    }

    /// Returns the references to other messages, to be passed when requesting write access to the
    /// chat.
    ///
    /// # Errors
    /// [`CoreError::Nul`] if a field contains a NUL character, which PostgreSQL does not accept in
    /// a query.
    pub fn references(&self) -> Result<References<'_>, CoreError> {
        self.check()?;
        Ok(References {
            client_message_id: self.client_message_id.as_deref(),
            reply_to: self.reply_to_message_id,
        })
    }

    /// Returns the message that this account stored before with the same client id.
    ///
    /// Returns `None` if there is none. `chat_id` is the requested chat, if one was named.
    ///
    /// # Errors
    /// [`CoreError::IdempotencyConflict`] if that message had other content or was for another
    /// chat.
    pub fn find_duplicate(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        chat_id: Option<&ChatId>,
    ) -> Result<Option<Message>, CoreError> {
        let Some(client_id) = &self.client_message_id else {
            return Ok(None);
        };
        let Some(before) = messages::by_client_id(tx, &account.id, client_id)? else {
            return Ok(None);
        };
        let same_chat = match chat_id {
            Some(chat_id) => *chat_id == before.chat_id || was_merged(tx, chat_id, account)?,
            None => true,
        };
        let same = same_chat
            && before.text == self.text
            && before.reply_to_message_id == self.reply_to_message_id
            && before.media_sha256.as_ref() == self.media.as_ref().map(|(_, media)| &media.sha256);
        if same {
            Ok(Some(before))
        } else {
            Err(CoreError::IdempotencyConflict {
                client_message_id: client_id.clone(),
            })
        }
    }
}

/// Returns `true` if the chat was the default chat of a guest whose chats were migrated to
/// `account`.
///
/// The chat has had another id since.
fn was_merged(tx: &mut Tx<'_>, chat_id: &ChatId, account: &Account) -> Result<bool, CoreError> {
    let guest = AccountId::from(chat_id.as_str());
    let ever = UtcTime::BEGINNING;
    Ok(
        account_tombstones::merged_into(tx, &guest, ever)?
            .is_some_and(|user| user.id == account.id),
    )
}

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
    let (account, chat) = (part.access.account(), part.access.chat());
    if let Some(reply_to) = incoming.reply_to_message_id
        && !part.reply_is_there
    {
        return Err(CoreError::ReplyNotFound(reply_to));
    }
    let content = Content::new(incoming.text, incoming.html, incoming.media)?;
    let email = incoming.verified_email.as_deref();
    let email = email.and_then(|email| email_address(email).ok());
    let phone = incoming.verified_phone.as_deref();
    let phone = phone.and_then(|phone| phone_number(phone).ok());
    let message = Message {
        sender_id: Some(account.id.clone()),
        sender_name: account.name.clone(),
        user_id: incoming.user_id,
        subject: incoming.subject,
        reply_to_message_id: incoming.reply_to_message_id,
        provider_message_id: incoming.provider_message_id,
        client_message_id: incoming.client_message_id,
        raw: build_raw(incoming.raw, incoming.clicked),
        ..content.into_message(tx, chat, Direction::Incoming)
    };
    store(tx, chat, &message, chat_name)?;
    let request = Request {
        email,
        phone,
        ..request_for(&message, account, tx.now())
    };
    requests::insert(tx, &request)?;
    tx.emit(Event::RequestReady {
        request_id: request.id,
    });
    Ok(message)
}

/// The account and the chat of a message stored with [`append_incoming_fast_path`].
#[derive(Debug, Clone, Copy)]
pub struct FastPathTarget<'a> {
    /// The account of the sender.
    pub account_id: &'a AccountId,
    /// The name the account must have. If set, the account must also have a member. `None` if
    /// neither matters.
    pub account_name: Option<&'a str>,
    /// The chat.
    pub chat_id: &'a ChatId,
    /// Whether the caller named the chat. If so, its channel may be any active one unless
    /// `channel_id` is set.
    pub is_named: bool,
    /// The channel of the chat. Defaults to the first active channel of its platform.
    pub channel_id: Option<ChannelId>,
}

/// Stores `incoming` and its request with one PostgreSQL statement instead of the several of
/// [`append_incoming`].
///
/// Returns `None` and stores nothing unless this is the common case: a new text message from a
/// known account in an existing chat on an active channel.
///
/// # Errors
/// Those errors of [`append_incoming`] that depend on the message alone.
pub fn append_incoming_fast_path(
    statement: &mut SingleStatement<'_>,
    place: &FastPathTarget<'_>,
    incoming: &IncomingMessage,
    chat_name: Option<&str>,
) -> Result<Option<Message>, CoreError> {
    incoming.check()?;
    let IncomingMessage {
        text,
        html: None,
        subject: None,
        media: None,
        provider_message_id: None,
        verified_phone: None,
        clicked: None,
        raw: Value::Null,
        ..
    } = incoming
    else {
        return Ok(None);
    };
    let content = Content::new(text.clone(), None, None)?;
    let email = incoming.verified_email.as_deref();
    let email = email.and_then(|email| email_address(email).ok());
    let (chat_id, message_id, request_id) = (place.chat_id, MessageId::new(), RequestId::new());
    let stored = fast_path::append(
        statement,
        IncomingText {
            account_id: place.account_id,
            account_name: place.account_name,
            chat_id,
            is_named: place.is_named,
            channel_id: place.channel_id,
            message_id,
            request_id,
            user_id: incoming.user_id.as_deref(),
            text,
            display_text: &display_text(text),
            email: email.as_deref(),
            reply_to: incoming.reply_to_message_id,
            client_message_id: incoming.client_message_id.as_deref(),
            chat_name,
        },
    )?;
    let Some(stored) = stored else {
        return Ok(None);
    };
    let direction = Direction::Incoming;
    let written = content.written(
        stored.timestamp,
        chat_id.clone(),
        stored.channel_id,
        direction,
    );
    statement.emit(Event::MessageSaved {
        chat_id: chat_id.clone(),
        message_id,
        direction,
    });
    statement.emit(Event::RequestReady { request_id });
    Ok(Some(Message {
        id: message_id,
        sender_id: Some(place.account_id.clone()),
        sender_name: stored.sender_name,
        user_id: incoming.user_id.clone(),
        reply_to_message_id: incoming.reply_to_message_id,
        client_message_id: incoming.client_message_id.clone(),
        ..written
    }))
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

/// Returns the display text of a request.
fn display_text(text: &str) -> String {
    text.chars().take(DISPLAY_CHARACTERS).collect()
}

fn request_for(message: &Message, account: &Account, now: UtcTime) -> Request {
    let line = if message.text.is_empty() {
        message.media_name.as_deref().unwrap_or_default()
    } else {
        &message.text
    };
    Request {
        id: RequestId::new(),
        message_id: message.id,
        chat_id: message.chat_id.clone(),
        account_id: account.id.clone(),
        channel_id: message.channel_id,
        member_id: account.member_id,
        category_id: None,
        status: RequestStatus::Pending,
        display_text: display_text(line),
        email: None,
        phone: None,
        error: None,
        metadata: json!({}),
        parent_request_id: None,
        initial_request_id: None,
        attempts: 0,
        // The message's time may lie ahead if the clock stood still or was set back.
        due_at: Some(now),
        created_at: message.timestamp,
        updated_at: message.timestamp,
        pending_at: Some(message.timestamp),
        identifying_at: None,
        categorizing_at: None,
        category_list_sent_at: None,
        queued_at: None,
        processing_at: None,
        completed_at: None,
        failed_at: None,
        attempts_before: 0,
        llm_calls: 0,
        llm_tokens: 0,
    }
}
