//! Persons as understood by data protection law: their data is exported or erased as a whole (GDPR,
//! articles 15, 17 and 20).

mod erase;
mod export;
mod item;

use std::collections::BTreeSet;
use std::fmt;

use unicom_db::queries::{accounts, addresses, erasure, members};
use unicom_db::{Db, DbError};
use unicom_models::{AccountId, Chat, ChatId, MemberId};

use crate::CoreError;

pub use erase::{Erased, erase_person};
pub use export::{ExportError, export_person};
pub use item::ExportedFile;

/// Reference to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonRef {
    /// The person that an account belongs to.
    Account(AccountId),
    /// A member, with all of its accounts.
    Member(MemberId),
}

impl PersonRef {
    /// Returns the kind of what is referred to: `account` or `member`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Member(_) => "member",
        }
    }

    /// Returns the id of the account or member.
    pub fn id(&self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Member(id) => id.to_string(),
        }
    }

    /// Returns the error for a person of whom there is no data.
    pub fn not_found(&self) -> CoreError {
        CoreError::not_found(self.kind(), self.id())
    }
}

impl fmt::Display for PersonRef {
    /// Writes the subject under which the audit trail lists the person, such as `member:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

/// The accounts, member and users of one person. All data of the person is found through them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The ids of the accounts, sorted. They include ids of accounts that do not exist (any more),
    /// and those that would be created for the person's addresses.
    pub accounts: BTreeSet<AccountId>,
    /// The member, if it is included (see [`Person::find`]).
    pub member: Option<MemberId>,
    /// The ids of the person's users in the host application.
    pub user_ids: BTreeSet<String>,
}

impl Person {
    /// Finds the person that `whom` refers to. The result is empty if there is no account or member
    /// with that id.
    ///
    /// For an account, the member is included if this is its only account: the person would not be
    /// known by anything else then. A member with other accounts is not included and keeps them.
    /// For a member, all of its accounts are included.
    ///
    /// # Errors
    /// [`DbError`] if the database fails.
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
        // A message that is on its way would create an account with one of these ids.
        for (platform, address) in addresses::of_accounts(db, &person.account_ids())? {
            let id = AccountId::from(address.new_id(&platform));
            if accounts::get(db, &id)?.is_none() {
                person.accounts.insert(id);
            }
        }
        Ok(person)
    }

    /// Returns `true` if the person has no accounts, no member and no users.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.member.is_none() && self.user_ids.is_empty()
    }

    /// Returns the ids of the accounts, sorted.
    fn account_ids(&self) -> Vec<AccountId> {
        self.accounts.iter().cloned().collect()
    }

    /// Returns the subjects under which the audit trail lists the person.
    fn subjects(&self) -> Vec<String> {
        let accounts = self.accounts.iter().map(|id| format!("account:{id}"));
        let users = self.user_ids.iter().map(|id| format!("user:{id}"));
        let member = self.member.iter().map(|id| format!("member:{id}"));
        accounts.chain(users).chain(member).collect()
    }

    /// Returns `true` if the person began this chat, in which others take part too. Its name and
    /// the metadata that its client stored are then the person's data.
    fn has_begun(&self, db: &mut Db, chat: &Chat) -> Result<bool, DbError> {
        if !chat.is_private {
            // The platform sets its name.
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

    /// Returns the person's chats, sorted by id, and those of them in which others take part too.
    fn chats(&self, db: &mut Db) -> Result<(Vec<ChatId>, BTreeSet<ChatId>), DbError> {
        let ids = self.account_ids();
        let chats = erasure::chat_ids(db, &ids)?;
        let shared = erasure::shared(db, &chats, &ids)?;
        Ok((chats, shared))
    }
}
