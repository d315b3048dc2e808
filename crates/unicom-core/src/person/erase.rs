//! `erase_person`: erases a person and all of their data (GDPR, article 17).

use serde::Serialize;
use serde_json::{Value, json};
use unicom_db::queries::erasure::{self, Deleted};
use unicom_db::queries::{
    account_tombstones, audit, change_numbers, channels, chats, holders, members,
};
use unicom_db::{DbError, Tx};
use unicom_models::{Chat, ChatId};

use super::Person;
use crate::outbound::sender_name;

/// The numbers of erased records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Erased {
    /// Number of accounts.
    pub accounts: i64,
    /// Number of members: 0 or 1.
    pub members: i64,
    /// Number of users of the host application that it erased as well.
    pub users: i64,
    /// Number of chats that were deleted with all of their content.
    pub chats: i64,
    /// Number of chats with others, from which the person's data was erased.
    pub shared_chats: i64,
    /// Number of messages.
    pub messages: i64,
    /// Number of requests.
    pub requests: i64,
    /// Number of deliveries.
    pub deliveries: i64,
    /// Number of messages that the person wrote to others as an admin, and that no longer name the
    /// author.
    pub unsigned_messages: i64,
    /// Number of files.
    pub files: i64,
    /// The keys of the files, which the media store must delete once the transaction is committed.
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

    /// Returns `true` if there was nothing to erase.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Erases a person and all of their data.
///
/// `actors` are the names under which the audit trail recorded the person's actions as an admin,
/// for example `user:7` or `token:3`.
///
/// - A chat in which only the person and bots take part is deleted as a whole.
/// - From a chat with others, what the person wrote and what the system replied to it is deleted,
///   and the chat's name and metadata if the person began the chat. What others wrote is kept,
///   whatever it quotes.
/// - Messages that the person wrote to others as an admin are kept, but no longer name their
///   author.
/// - The audit trail keeps that something was done to these ids, but no details.
/// - A message of the person that is being sent during the erasure is refused, on any platform.
///
/// Erasing a person again is safe. The host application must erase its users and sessions in the
/// same transaction.
///
/// # Errors
/// [`DbError`] if the database fails; nothing is erased then.
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
    // All code locks in this order: accounts, chats, requests, members.
    let accounts = erasure::lock_accounts(tx, &ids)?;
    erased.accounts = i64::try_from(accounts.len()).unwrap_or(i64::MAX);
    let (chat_ids, _) = person.chats(tx)?;
    let users: Vec<String> = person.user_ids.iter().cloned().collect();
    let signed = erasure::chats_with_messages_of_admins(tx, &users)?;
    let held = holders::chats_of_users(tx, &users)?;
    let all = chat_ids.iter().chain(&signed).chain(&held).cloned();
    let all: Vec<ChatId> = all.collect();
    let all = erasure::lock_chats(tx, &sorted(all))?;
    // The chats are locked, so no account can join them now.
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
        if signed.contains(&chat.id) {
            erased.unsigned_messages += anonymise_author(tx, &users, chat)?;
        }
        if held.contains(&chat.id) {
            holders::forget_users(tx, &chat.id, &users)?;
        }
    }
    account_tombstones::record_erasures(tx, &ids)?;
    erasure::delete_accounts(tx, &ids)?;
    if let Some(member) = person.member {
        erased.members = i64::from(members::delete(tx, member)?);
    }
    erasure::clear_users(tx, &users)?;
    let subjects = [person.subjects(), actors.to_vec()].concat();
    audit::clear_details(tx, &subjects)?;
    Ok(erased)
}

/// Erases the person's data from a locked chat in which others take part too.
fn erase_from(tx: &mut Tx<'_>, person: &Person, chat: &Chat) -> Result<Deleted, DbError> {
    let begun = person.has_begun(tx, chat)?;
    let theirs = erasure::message_ids_owned_by(tx, &chat.id, &person.account_ids())?;
    let gone = erasure::delete_messages(tx, &theirs)?;
    let (name, metadata): (Option<&str>, Value) = if begun {
        (None, json!({}))
    } else {
        (chat.name.as_deref(), chat.metadata.clone())
    };
    holders::forget_summary(tx, &chat.id, tx.now().next())?;
    erasure::record_deletion(tx, chat, name, &metadata)?;
    Ok(gone)
}

/// Removes the name of these users from what they wrote as admins in a locked chat. Returns the
/// number of changed messages.
fn anonymise_author(tx: &mut Tx<'_>, users: &[String], chat: &Chat) -> Result<i64, DbError> {
    let Some(channel) = channels::get(tx, chat.channel_id)? else {
        return Ok(0);
    };
    let unsigned = erasure::anonymise_author(tx, &chat.id, users, &sender_name(&channel))?;
    if unsigned > 0
        && let Some(chat) = chats::get(tx, &chat.id)?
    {
        change_numbers::rewrite(tx, &chat.id)?;
        erasure::bump_updated_at(tx, &chat, chat.name.as_deref(), &chat.metadata)?;
    }
    Ok(unsigned)
}

fn sorted(mut ids: Vec<ChatId>) -> Vec<ChatId> {
    ids.sort();
    ids.dedup();
    ids
}
