//! Chats of the platform: create, list, mark as read.

use serde_json::{Map, Value, json};
use unicom_core::CoreError;
use unicom_core::admin::Actor;
use unicom_core::internal::{Writer, account_of};
use unicom_core::validation::{check_metadata, checked_name};
use unicom_db::queries::chat_list::{self, ListPosition};
use unicom_db::queries::read_positions::{self, Progress};
use unicom_db::queries::{addresses, channels, chat_access, chats};
use unicom_db::{Db, Tx};
use unicom_models::{Address, Channel, ChannelId, Chat, ChatId, Id};

use crate::{Internal, Person};

/// A chat that is to be created.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct NewChat {
    /// The name of the chat, 1 to 255 characters.
    pub title: String,
    /// The channel. By default the active one of the platform with the lowest id.
    pub channel_id: Option<ChannelId>,
    /// Who takes part besides the creator.
    pub participants: Vec<Participant>,
    /// Data of the client, at most 16 KiB of JSON.
    pub metadata: Map<String, Value>,
}

impl NewChat {
    /// Creates a chat with this name.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }
}

/// A participant of a new chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who takes part.
    pub writer: Writer,
    /// The name of a new account. A user's is replaced by the one that the user writes with.
    pub name: String,
}

/// Creates a chat in which `creator` takes part, if there is one. Adds an entry to the audit trail.
///
/// # Errors
/// [`CoreError::Invalid`], [`CoreError::Nul`], [`CoreError::TooLarge`];
/// [`CoreError::ChannelNotFound`] if the channel does not exist, is not active or belongs to
/// another platform; [`CoreError::Conflict`] if no channel is named and there is none.
pub fn create_chat(
    tx: &mut Tx<'_>,
    actor: &Actor,
    creator: Option<&Person>,
    new: NewChat,
) -> Result<Chat, CoreError> {
    let title = checked_name("title", &new.title)?;
    check_metadata(&new.metadata)?;
    let channel = channel_for(tx, new.channel_id)?;
    let address = Address::chat(channel.id, Id::new().to_string());
    let mut chat = Chat::new(address.new_id(&channel.platform).into(), &channel, tx.now());
    chat.name = Some(title);
    let creator = creator.map(|person| (person.writer(), person.name.clone()));
    let others = new.participants.into_iter();
    let writers: Vec<(Writer, String)> = (creator.into_iter())
        .chain(others.map(|one| (one.writer, one.name)))
        .collect();
    let users = |(writer, _): &&(Writer, String)| matches!(writer, Writer::User(_));
    chat.is_private = writers.iter().filter(users).count() < 2;
    chat.metadata = Value::Object(new.metadata);
    // Accounts are locked before chats.
    let mut accounts = Vec::new();
    for (writer, name) in &writers {
        accounts.push(account_of(tx, &channel, writer, name)?);
    }
    chats::insert_if_absent(tx, &chat)?;
    addresses::assign(tx, &channel.platform, &address, chat.id.as_str())?;
    for account in &accounts {
        chats::join(tx, account, &chat.id)?;
    }
    let details = json!({ "participants": accounts });
    actor.record(tx, "chat.create", format_args!("chat:{}", chat.id), details)?;
    Ok(chat)
}

fn channel_for(tx: &mut Tx<'_>, id: Option<ChannelId>) -> Result<Channel, CoreError> {
    let Some(id) = id else {
        return channels::first_active(tx, &Internal::kind())?.ok_or_else(|| {
            CoreError::conflict("platform", Internal::kind(), "has no active channel")
        });
    };
    channels::get(tx, id)?
        .filter(|channel| channel.active && channel.platform == Internal::kind())
        .ok_or(CoreError::ChannelNotFound(id))
}

/// Returns a chat of the platform.
///
/// # Errors
/// [`CoreError::ChatNotFound`] if it does not exist or belongs to another platform.
pub fn get_chat(db: &mut Db, id: &ChatId) -> Result<Chat, CoreError> {
    chats::get(db, id)?
        .filter(|chat| chat.platform == Internal::kind())
        .ok_or_else(|| CoreError::ChatNotFound(id.clone()))
}

/// A chat, and the number of messages in it that the reader has not read. `None` if the reader does
/// not take part in it.
pub type ListedChat = (Chat, Option<i64>);

/// Returns up to `limit` chats of the platform after `after`, most recently active first, also
/// those in which `reader` does not take part.
///
/// # Errors
/// [`CoreError::Db`].
pub fn list_chats(
    db: &mut Db,
    reader: Option<&Person>,
    after: Option<&ListPosition>,
    limit: i64,
) -> Result<Vec<ListedChat>, CoreError> {
    let reader = reader.map(|person| person.writer().account_id());
    let platform = Internal::kind();
    Ok(chat_list::of_platform(
        db,
        &platform,
        reader.as_ref(),
        after,
        limit,
    )?)
}

/// Marks a chat as read by a person, who takes part in it from then on.
///
/// # Errors
/// [`CoreError::ChatNotFound`]; [`CoreError::Conflict`] if the person's account is blocked.
pub fn mark_read(tx: &mut Tx<'_>, person: &Person, id: &ChatId) -> Result<(), CoreError> {
    let chat = get_chat(tx, id)?;
    let channel =
        channels::get(tx, chat.channel_id)?.ok_or(CoreError::ChannelNotFound(chat.channel_id))?;
    let account = account_of(tx, &channel, &person.writer(), &person.name)?;
    chats::join(tx, &account, id)?;
    let access = chat_access::lock_access(tx, &account, id)?
        .ok_or_else(|| CoreError::conflict("account", &account, "is blocked"))?;
    let newest_at = access.chat().last_activity_at;
    read_positions::advance(tx, &access, Progress::Read, newest_at)?;
    Ok(())
}
