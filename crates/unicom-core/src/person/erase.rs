//! `erase_person`: a person with everything theirs (GDPR, article 17).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use unicom_db::queries::erasure::{self, Deleted};
use unicom_db::queries::{account_tombstones, audit, channels, chats, members};
use unicom_db::{DbError, Tx};
use unicom_models::{Chat, ChatId, MessageId};

use super::Person;
use crate::outbound::sender_name;

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Erased {
    /// Accounts.
    pub accounts: i64,
    /// Members: none or one.
    pub members: i64,
    /// Users of the host that it erased along with them.
    pub users: i64,
    /// Chats that are gone with all that was in them.
    pub chats: i64,
    /// Chats with others, from which what was theirs is gone.
    pub shared_chats: i64,
    /// Messages.
    pub messages: i64,
    /// Requests.
    pub requests: i64,
    /// Deliveries.
    pub deliveries: i64,
    /// Messages to others, written as staff, that no longer say by whom.
    pub unsigned_messages: i64,
    /// How many files.
    pub files: i64,
    /// Their keys, for the media store to delete once the transaction is committed.
    #[serde(skip)]
    pub file_keys: Vec<String>,
}

impl Erased {
    fn add(&mut self, gone: Deleted) {
        self.messages += gone.messages;
        self.requests += gone.requests;
        self.deliveries += gone.deliveries;
        self.files += i64::try_from(gone.files.len()).unwrap_or(i64::MAX);
        self.file_keys.extend(gone.files);
    }

    /// Whether there was nothing to erase.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Erases a person with everything theirs. `actors` is how the audit trail calls whoever spoke for the person as
/// staff: `user:7`, `token:3`.
///
/// A chat that nobody else but bots takes part in goes as a whole. Of one with others goes what the person wrote, and
/// what the system answered to it, and the chat's name where the person has begun it; what others wrote stays, whatever
/// it quotes. Messages that the person wrote to others as staff stay and no longer say by whom. The audit trail keeps
/// that something was done to these ids, and no details of it. A message of the person that is under way meanwhile is
/// refused by the web chat. Erasing again is safe.
///
/// The host erases its own users and sessions in the same transaction.
///
/// # Errors
/// [`DbError`] where the database fails: nothing is erased then.
pub fn erase_person(
    tx: &mut Tx<'_>,
    person: &Person,
    actors: &[String],
) -> Result<Erased, DbError> {
    tx.with_secure_delete(|tx| erase(tx, person, actors))
}

fn erase(tx: &mut Tx<'_>, person: &Person, actors: &[String]) -> Result<Erased, DbError> {
    let ids = person.account_ids();
    let mut erased = Erased::default();
    // Accounts before chats before requests before members: the order in which everyone locks.
    let accounts = erasure::lock_accounts(tx, &ids)?;
    erased.accounts = i64::try_from(accounts.len()).unwrap_or(i64::MAX);
    let (chat_ids, _) = person.chats(tx)?;
    let unsigned = written_as_staff(tx, actors)?;
    let all: Vec<ChatId> = chat_ids.iter().chain(unsigned.keys()).cloned().collect();
    let all = erasure::lock_chats(tx, &sorted(all))?;
    // Nobody joins any more.
    let shared = erasure::shared(tx, &chat_ids, &ids)?;
    let whole = chat_ids.iter().filter(|id| !shared.contains(*id)).cloned();
    let whole: Vec<ChatId> = whole.collect();
    erased.add(erasure::delete_chats(tx, &whole)?);
    erased.chats = i64::try_from(whole.len()).unwrap_or(i64::MAX);
    for chat in &all {
        if shared.contains(&chat.id) {
            erased.add(erase_from(tx, person, chat)?);
            erased.shared_chats += 1;
        }
        if let Some(messages) = unsigned.get(&chat.id) {
            erased.unsigned_messages += anonymise_author(tx, person, chat, messages)?;
        }
    }
    account_tombstones::record_erasures(tx, &ids)?;
    erasure::delete_accounts(tx, &ids)?;
    if let Some(member) = person.member {
        erased.members = i64::from(members::delete(tx, member)?);
    }
    let users: Vec<String> = person.user_ids.iter().cloned().collect();
    erasure::clear_users(tx, &users)?;
    let subjects = [person.subjects(), actors.to_vec()].concat();
    audit::clear_details(tx, &subjects)?;
    Ok(erased)
}

/// Erases what is theirs from a locked chat that others take part in.
fn erase_from(tx: &mut Tx<'_>, person: &Person, chat: &Chat) -> Result<Deleted, DbError> {
    let begun = person.has_begun(tx, chat)?;
    let theirs = erasure::message_ids_owned_by(tx, &chat.id, &person.account_ids())?;
    let gone = erasure::delete_messages(tx, &theirs)?;
    let (name, metadata): (Option<&str>, Value) = if begun {
        (None, json!({}))
    } else {
        (chat.name.as_deref(), chat.metadata.clone())
    };
    erasure::record_deletion(tx, chat, name, &metadata)?;
    Ok(gone)
}

/// What was written to chats as staff, as the audit trail has it.
fn written_as_staff(
    tx: &mut Tx<'_>,
    actors: &[String],
) -> Result<BTreeMap<ChatId, Vec<MessageId>>, DbError> {
    let mut written: BTreeMap<ChatId, Vec<MessageId>> = BTreeMap::new();
    if actors.is_empty() {
        return Ok(written);
    }
    for entry in audit::of_action(tx, "message.send", Some(actors))? {
        let message = entry.details["message_id"].as_str();
        if let (Some(chat), Some(Ok(message))) =
            (entry.subject.strip_prefix("chat:"), message.map(str::parse))
        {
            written.entry(chat.into()).or_default().push(message);
        }
    }
    Ok(written)
}

/// Takes the person's name off messages in a locked chat.
fn anonymise_author(
    tx: &mut Tx<'_>,
    person: &Person,
    chat: &Chat,
    messages: &[MessageId],
) -> Result<i64, DbError> {
    let Some(channel) = channels::get(tx, chat.channel_id)? else {
        return Ok(0);
    };
    let name = sender_name(&channel);
    let mut unsigned = 0;
    for message in messages {
        for user in &person.user_ids {
            unsigned += i64::from(erasure::anonymise_author(tx, *message, user, &name)?);
        }
    }
    if unsigned > 0
        && let Some(chat) = chats::get(tx, &chat.id)?
    {
        erasure::bump_updated_at(tx, &chat, chat.name.as_deref(), &chat.metadata)?;
    }
    Ok(unsigned)
}

fn sorted(mut ids: Vec<ChatId>) -> Vec<ChatId> {
    ids.sort();
    ids.dedup();
    ids
}
