//! Storing an incoming message together with the request that it becomes.

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

/// Characters of a message's text that stand in its request's line for people.
const DISPLAY_CHARACTERS: usize = 200;

/// A message as it came in.
#[derive(Debug, Clone, Default)]
pub struct IncomingMessage {
    /// Its plain text; may be empty beside media.
    pub text: String,
    /// Its HTML.
    pub html: Option<CleanHtml>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its file, already in the media store, and what kind it is.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The message of the same chat that it answers.
    pub reply_to_message_id: Option<MessageId>,
    /// The name that the client gave it: the same again from the same account stores nothing.
    pub client_message_id: Option<String>,
    /// The name that the platform's provider gave it.
    pub provider_message_id: Option<String>,
    /// The host's user who wrote it.
    pub user_id: Option<String>,
    /// An e-mail address that is proven to be the writer's. It finds the member behind the account: never pass one that
    /// somebody merely claims. What is no address counts as none.
    pub verified_email: Option<String>,
    /// A telephone number that is proven to be the writer's, with its country. As with the address.
    pub verified_phone: Option<String>,
    /// The value of the button that was clicked, where it is a click: bots are told of it. The message with the button is
    /// the one that it answers. Buttons that unicom sent have a function of their own, [`click`](crate::buttons::click).
    pub clicked: Option<String>,
    /// What the platform sent, as it came; `null` counts as an empty object. A field [`Message::CLICK`] of it is left out:
    /// only `clicked` says that it is a click.
    pub raw: Value,
}

/// What became of an incoming message.
#[derive(Debug, Clone)]
pub enum Appended {
    /// It was stored.
    New(Message),
    /// It had been stored before, and nothing was stored now.
    Repeated(Message),
}

impl Appended {
    /// The message, stored now or before.
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

    /// What it says of other messages: to be asked for with the writer's part in the chat.
    ///
    /// # Errors
    /// [`CoreError::Nul`]: it can be asked for nothing.
    pub fn references(&self) -> Result<References<'_>, CoreError> {
        self.check()?;
        Ok(References {
            client_message_id: self.client_message_id.as_deref(),
            reply_to: self.reply_to_message_id,
        })
    }

    /// The message that this account stored under the same client id before, if it did.
    ///
    /// `chat_id` is the chat that was asked for, where one was.
    ///
    /// # Errors
    /// [`CoreError::IdempotencyConflict`] where that message had another content or was for another chat.
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

/// Whether the chat was the default chat of a guest who is `account` now: it has another id since.
fn was_merged(tx: &mut Tx<'_>, chat_id: &ChatId, account: &Account) -> Result<bool, CoreError> {
    let guest = AccountId::from(chat_id.as_str());
    let ever = UtcTime::BEGINNING;
    Ok(
        account_tombstones::merged_into(tx, &guest, ever)?
            .is_some_and(|user| user.id == account.id),
    )
}

/// Stores `incoming` and its request at the end of a chat. `part` was asked for with what `incoming` mentions.
///
/// `chat_name` becomes the chat's name where it has none. The message's time is later than that of every
/// message before it in the chat. Where `part` says that it is repeated, ask [`IncomingMessage::find_duplicate`] instead.
///
/// # Errors
/// [`CoreError::EmptyMessage`], [`CoreError::Nul`], [`CoreError::TooLarge`], [`CoreError::ReplyNotFound`].
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

/// Where a message comes in, in the usual case.
#[derive(Debug, Clone, Copy)]
pub struct FastPathTarget<'a> {
    /// Who writes.
    pub account_id: &'a AccountId,
    /// The name that the account must have, and then a member too; none where neither matters.
    pub account_name: Option<&'a str>,
    /// The chat.
    pub chat_id: &'a ChatId,
    /// Whether the chat was named: then its channel may be any active one, unless `channel_id` says which.
    pub is_named: bool,
    /// The chat's channel; by default the first active one of its platform.
    pub channel_id: Option<ChannelId>,
}

/// Stores `incoming` and its request with one statement of PostgreSQL, as [`append_incoming`] does with several.
///
/// None, and nothing is stored, where the case is not the usual one: a new text, by somebody who is known, for a chat that
/// is there, on a channel that is active.
///
/// # Errors
/// Those of [`append_incoming`] that the message alone has.
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

/// What is kept of what the platform sent, with the value of the button where it is a click.
fn build_raw(raw: Value, clicked: Option<String>) -> Value {
    let mut kept = match raw {
        Value::Null => Map::new(),
        Value::Object(fields) => fields,
        other if clicked.is_none() => return other,
        other => Map::from_iter([("raw".to_owned(), other)]),
    };
    // Providers pass on what others wrote: none of it may look like a click.
    kept.remove(Message::CLICK);
    if let Some(value) = clicked {
        kept.insert(Message::CLICK.to_owned(), json!({ "value": value }));
    }
    Value::Object(kept)
}

/// The line that a request has for people.
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
        // The message's time may lie ahead, where the clock stood still or was set back.
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
