//! `ingest`: the way in for platforms that tell of accounts and chats by their ids.

use serde_json::Value;
use unicom_db::{
    Tx,
    queries::{access, accounts, chats},
};
use unicom_models::{Account, AccountId, Channel, Chat, ChatId};

use crate::{
    CoreError, IncomingMessage,
    inbound::{Appended, append_incoming},
};

/// Who wrote, as the platform tells it.
#[derive(Debug, Clone)]
pub struct IngestedAccount {
    /// An id that no other platform gives: begin it with the platform's name.
    pub id: AccountId,
    /// The name to show.
    pub name: String,
    /// Whether a program writes under it.
    pub is_bot: bool,
    /// What the platform says about it.
    pub raw: Value,
}

/// Where it was written, as the platform tells it.
#[derive(Debug, Clone)]
pub struct IngestedChat {
    /// An id that no other platform gives: begin it with the platform's name.
    pub id: ChatId,
    /// Its name, where the platform has one.
    pub name: Option<String>,
    /// Whether it is between one account and the channel.
    pub is_private: bool,
}

/// A message, where it was written, and by whom.
#[derive(Debug, Clone)]
pub struct IngestedMessage {
    /// Who wrote it. Made where it is new.
    pub account: IngestedAccount,
    /// Where. Made where it is new.
    pub chat: IngestedChat,
    /// What. Give it the platform's name as `client_message_id` too: platforms tell the same thing twice.
    pub message: IncomingMessage,
}

/// Stores a message that came in through `channel`, with its account and chat where they are new.
///
/// None where the account is blocked: nothing is stored then.
///
/// # Errors
/// Those of [`append_incoming`]; [`CoreError::ChannelInactive`]; [`CoreError::ChatNotFound`] where the chat
/// belongs to another channel.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::*;
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database().clone(), FakePlatform::default());
/// # let kind = sms.kind();
/// # let channel = test.write(move |tx| create_channel(tx, &Platforms::default().with(sms), &Bots::default(), &kind, "Hotline", &json!({})));
/// let incoming = IngestedMessage {
///     account: IngestedAccount { id: "sms_49170".into(), name: "Ada".to_owned(), is_bot: false, raw: json!({}) },
///     chat: IngestedChat { id: "sms_49170".into(), name: None, is_private: true },
///     message: IncomingMessage {
///         text: "Hello!".to_owned(),
///         client_message_id: Some("SM1".to_owned()),
///         ..IncomingMessage::default()
///     },
/// };
/// let repeated = database
///     .write(move |tx| {
///         ingest(tx, &channel, incoming.clone())?;
///         // Providers tell the same thing twice.
///         ingest(tx, &channel, incoming)
///     })
///     .wait()?;
/// assert!(matches!(repeated, Some(Appended::Repeated(_))));
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn ingest(
    tx: &mut Tx<'_>,
    channel: &Channel,
    ingested: IngestedMessage,
) -> Result<Option<Appended>, CoreError> {
    if !channel.active {
        return Err(CoreError::ChannelInactive(channel.id));
    }
    let (account_id, chat_id) = (ingested.account.id.clone(), ingested.chat.id.clone());
    let references = ingested.message.references()?;
    let part = match access::for_writing(tx, &account_id, &chat_id, references)? {
        Some(part) => part,
        None => {
            let chat = chat_of(tx, channel, ingested.chat);
            accounts::insert_if_absent(tx, &account_of(tx, channel, ingested.account))?;
            chats::insert_if_absent(tx, &chat)?;
            chats::join(tx, &account_id, &chat_id)?;
            match access::for_writing(tx, &account_id, &chat_id, references)? {
                Some(part) => part,
                // The account takes part now: what keeps it out is that it is blocked.
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
        return Ok(Some(Appended::Repeated(before)));
    }
    append_incoming(tx, &part, ingested.message, None).map(|message| Some(Appended::New(message)))
}

fn account_of(tx: &Tx<'_>, channel: &Channel, account: IngestedAccount) -> Account {
    Account {
        is_bot: account.is_bot,
        raw: account.raw,
        ..Account::new(account.id, channel, account.name, tx.now())
    }
}

fn chat_of(tx: &Tx<'_>, channel: &Channel, chat: IngestedChat) -> Chat {
    Chat {
        name: chat.name,
        is_private: chat.is_private,
        ..Chat::new(chat.id, channel, tx.now())
    }
}
