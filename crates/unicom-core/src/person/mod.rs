//! A person, as the law sees one: whose data is exported or erased together (GDPR, articles 15, 17 and 20).

mod erase;
mod export;
mod item;

use std::collections::BTreeSet;

use unicom_db::queries::{accounts, erasure, members};
use unicom_db::{Db, DbError};
use unicom_models::{AccountId, Chat, ChatId, MemberId};

pub use erase::{Erased, erase_person};
pub use export::{ExportError, export_person};
pub use item::ExportedFile;

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonRef {
    /// The person behind an account.
    Account(AccountId),
    /// A member, with all its accounts.
    Member(MemberId),
}

/// What belongs to one person: whatever is theirs is found from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The accounts, by id. One that is not there (any more) may be named, too.
    pub accounts: BTreeSet<AccountId>,
    /// The member, where it goes along.
    pub member: Option<MemberId>,
    /// The host's own ids of the users that the person is.
    pub user_ids: BTreeSet<String>,
}

impl Person {
    /// Who that is.
    ///
    /// Of an account, the member goes along where the account is the member's only one: then nothing else would keep
    /// the person known. A member with further accounts stays with these. Of a member, all accounts go along.
    ///
    /// # Errors
    /// [`DbError`] where the database fails.
    pub fn find(db: &mut Db, whom: &PersonRef) -> Result<Self, DbError> {
        let mut person = Self::default();
        let member = match whom {
            PersonRef::Member(id) => members::get(db, *id)?,
            PersonRef::Account(id) => match accounts::get(db, id)? {
                Some(account) => {
                    person.accounts.insert(account.id);
                    match account.member_id {
                        Some(member) if accounts::of_member(db, member)?.len() == 1 => {
                            members::get(db, member)?
                        }
                        _ => None,
                    }
                }
                None => None,
            },
        };
        if let Some(member) = member {
            person.member = Some(member.id);
            person.user_ids.extend(member.user_id);
            let all = accounts::of_member(db, member.id)?;
            person
                .accounts
                .extend(all.into_iter().map(|account| account.id));
        }
        Ok(person)
    }

    /// Whether there is nothing of such a person.
    pub fn is_nobody(&self) -> bool {
        self.accounts.is_empty() && self.member.is_none() && self.user_ids.is_empty()
    }

    /// The ids of the accounts, in order.
    fn account_ids(&self) -> Vec<AccountId> {
        self.accounts.iter().cloned().collect()
    }

    /// What the audit trail calls the person.
    fn subjects(&self) -> Vec<String> {
        let accounts = self.accounts.iter().map(|id| format!("account:{id}"));
        let users = self.user_ids.iter().map(|id| format!("user:{id}"));
        let member = self.member.iter().map(|id| format!("member:{id}"));
        accounts.chain(users).chain(member).collect()
    }

    /// Whether a chat that others take part in, too, was begun by the person: then its name and what its client keeps
    /// with it are the person's.
    fn has_begun(&self, db: &mut Db, chat: &Chat) -> Result<bool, DbError> {
        if !chat.is_private {
            // It is named by its platform.
            return Ok(false);
        }
        let first = erasure::first_to_join(db, &chat.id)?;
        let first_sender = match chat.first_incoming_message_id {
            Some(id) => erasure::sender(db, id)?,
            None => None,
        };
        let is_theirs = |id: &AccountId| self.accounts.contains(id);
        Ok(first.as_ref().is_some_and(is_theirs) || first_sender.as_ref().is_some_and(is_theirs))
    }

    /// The person's chats, by id, and which of them somebody else takes part in, too.
    fn chats(&self, db: &mut Db) -> Result<(Vec<ChatId>, BTreeSet<ChatId>), DbError> {
        let ids = self.account_ids();
        let chats = erasure::chat_ids(db, &ids)?;
        let shared = erasure::shared(db, &chats, &ids)?;
        Ok((chats, shared))
    }
}
