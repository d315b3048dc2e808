//! [`ingest`], the entry point for platforms that identify accounts and chats by their own ids.

use serde_json::{Map, Value};
use unicom_db::{
    Tx,
    queries::{accounts, chats, visitor_access},
};
use unicom_models::{Account, AccountId, Channel, Chat, ChatId};

use crate::{
    CoreError, IncomingMessage,
    inbound::{Saved, append_incoming},
    validation::{check_display_name, check_id},
};

/// The sender of a message, as reported by the platform.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IngestedAccount {
    /// An id that no other platform uses. Prefix it with the name of the platform.
    pub id: AccountId,
    /// Display name.
    pub name: String,
    /// Whether a program writes with this account.
    pub is_bot: bool,
    /// The platform's data about the account.
    pub raw: Value,
}

/// The chat of a message, as reported by the platform.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IngestedChat {
    /// An id that no other platform uses. Prefix it with the name of the platform.
    pub id: ChatId,
    /// The name of the chat, if the platform has one.
    pub name: Option<String>,
    /// Whether the chat is between one account and the channel.
    pub is_private: bool,
}

/// A message with its sender and its chat.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IngestedMessage {
    /// The sender. Created if it does not exist.
    pub account: IngestedAccount,
    /// The chat. Created if it does not exist.
    pub chat: IngestedChat,
    /// The message. Set its `client_message_id` to the platform's message id, since platforms may
    /// deliver a message twice.
    pub message: IncomingMessage,
}

impl IngestedAccount {
    /// Creates the account of a person, without data of the platform.
    pub fn new(id: impl Into<AccountId>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            is_bot: false,
            raw: Value::Object(Map::new()),
        }
    }

    /// Sets the platform's data about the account.
    #[must_use]
    pub fn with_raw(self, raw: Value) -> Self {
        Self { raw, ..self }
    }
}

impl IngestedChat {
    /// Creates a private chat without a name.
    pub fn new(id: impl Into<ChatId>) -> Self {
        Self {
            id: id.into(),
            name: None,
            is_private: true,
        }
    }
}

impl IngestedMessage {
    /// Creates a message of `account` in `chat`.
    pub fn new(account: IngestedAccount, chat: IngestedChat, message: IncomingMessage) -> Self {
        Self {
            account,
            chat,
            message,
        }
    }
}

/// Stores a message received through `channel`. Creates its account and its chat if they are new.
///
/// Returns `None` and stores nothing if the account is blocked.
///
/// # Errors
/// Those of [`append_incoming`]; those of [`check_id`] and [`check_display_name`] for the account
/// and the chat; [`CoreError::ChannelInactive`]; [`CoreError::ChatNotFound`] if the
/// chat belongs to another channel.
///
/// ```
/// # use unicom_core::{*, admin::*, inbound::*};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database().clone(), FakePlatform::default());
/// # let kind = sms.kind();
/// # let extensions = Extensions::default().with_platforms(Platforms::default().with(sms));
/// # let channel = test.write(move |tx| {
/// #     create_channel(tx, &Actor::COMMAND_LINE, &extensions, NewChannel::new(kind, "Hotline"))
/// # });
/// let (ada, chat) = (IngestedAccount::new("sms_49170", "Ada"), IngestedChat::new("sms_49170"));
/// let hello = IncomingMessage {
///     text: "Hello!".to_owned(),
///     client_message_id: Some("SM1".to_owned()),
///     ..IncomingMessage::default()
/// };
/// let incoming = IngestedMessage::new(ada, chat, hello);
/// let repeated = database
///     .write(move |tx| {
///         ingest(tx, &channel, incoming.clone())?;
///         // Providers may deliver a message twice.
///         ingest(tx, &channel, incoming)
///     })
///     .wait()?;
/// assert!(!repeated.unwrap().is_new);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn ingest(
    tx: &mut Tx<'_>,
    channel: &Channel,
    ingested: IngestedMessage,
) -> Result<Option<Saved>, CoreError> {
    if !channel.active {
        return Err(CoreError::ChannelInactive(channel.id));
    }
    check_id("account.id", ingested.account.id.as_str())?;
    check_display_name("account.name", &ingested.account.name)?;
    check_id("chat.id", ingested.chat.id.as_str())?;
    if let Some(name) = &ingested.chat.name {
        check_display_name("chat.name", name)?;
    }
    let (account_id, chat_id) = (ingested.account.id.clone(), ingested.chat.id.clone());
    let references = ingested.message.references()?;
    let part = match visitor_access::for_writing(tx, &account_id, &chat_id, references)? {
        Some(part) => part,
        None => {
            let chat = chat_of(tx, channel, ingested.chat);
            accounts::insert_if_absent(tx, &account_of(tx, channel, ingested.account))?;
            chats::insert_if_absent(tx, &chat)?;
            chats::join(tx, &account_id, &chat_id)?;
            match visitor_access::for_writing(tx, &account_id, &chat_id, references)? {
                Some(part) => part,
                // The account is a member of the chat now, so access is denied because it is
                // blocked.
                None => return Ok(None),
            }
        }
    };
    if part.access.chat().channel_id != channel.id {
        return Err(CoreError::ChatNotFound(chat_id));
    }
    if part.repeated.is_some()
        && let Some(before) =
            ingested
                .message
                .find_duplicate(tx, part.access.account(), Some(&chat_id))?
    {
        return Ok(Some(Saved::before(before)));
    }
    append_incoming(tx, &part, ingested.message, None).map(|message| Some(Saved::new(message)))
}

fn account_of(tx: &Tx<'_>, channel: &Channel, account: IngestedAccount) -> Account {
    let mut created = Account::new(account.id, channel, account.name, tx.now());
    (created.is_bot, created.raw) = (account.is_bot, account.raw);
    created
}

fn chat_of(tx: &Tx<'_>, channel: &Channel, chat: IngestedChat) -> Chat {
    let mut created = Chat::new(chat.id, channel, tx.now());
    (created.name, created.is_private) = (chat.name, chat.is_private);
    created
}
