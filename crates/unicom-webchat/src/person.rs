//! A person of the web chat, whose host knows users and guests behind the accounts.

use std::collections::BTreeSet;

use unicom_core::person::{Erased, Person, PersonRef, erase_person};
use unicom_db::queries::{account_tombstones, erasure};
use unicom_db::{Db, DbError, Tx};
use unicom_models::AccountId;

use crate::{GuestId, User};

/// Whom the host knows behind an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostIdentity {
    /// The user with this id of the host's own.
    User(String),
    /// The guest of the session with this public name.
    Guest(String),
}

impl HostIdentity {
    /// Whom the account of this id stands for; none where it is of another platform.
    pub fn behind(account: &AccountId) -> Option<Self> {
        let id = account.as_str();
        let user = id.strip_prefix("webchat_user_");
        let guest = || id.strip_prefix("webchat_guest_");
        (user.map(|id| Self::User(id.to_owned())))
            .or_else(|| guest().map(|key| Self::Guest(key.to_owned())))
    }

    fn account_id(&self) -> AccountId {
        match self {
            Self::User(id) => User {
                id: id.clone(),
                ..User::default()
            }
            .account_id(),
            Self::Guest(key) => GuestId::new(key.clone()).account_id(),
        }
    }
}

/// What a host erased of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedByHost {
    /// How many users.
    pub users: i64,
    /// How the audit trail calls whoever spoke for them: `user:7`, `token:3`.
    pub actors: Vec<String>,
}

/// Who that is: the person as unicom knows it, and whom the host knows behind it.
///
/// A user is a person even where it never wrote: the account that is asked for need not be there.
///
/// # Errors
/// [`DbError`] where the database fails.
pub fn find_person(
    db: &mut Db,
    whom: &PersonRef,
) -> Result<(Person, BTreeSet<HostIdentity>), DbError> {
    let mut person = Person::find(db, whom)?;
    let asked = match whom {
        PersonRef::Account(id) => HostIdentity::behind(id),
        PersonRef::Member(_) => None,
    };
    let users = person.user_ids.iter().cloned().map(HostIdentity::User);
    let known: BTreeSet<HostIdentity> = (person.accounts.iter().filter_map(HostIdentity::behind))
        .chain(users)
        .chain(asked)
        .collect();
    for one in &known {
        person.accounts.insert(one.account_id());
        if let HostIdentity::User(id) = one {
            person.user_ids.insert(id.clone());
        }
    }
    Ok((person, known))
}

/// Erases a person with everything theirs, as [`erase_person`] does; `host` erases what the host knows of it, in the same
/// transaction. None where there is nothing of such a person, unicom's or the host's.
///
/// # Errors
/// What `host` returns, and [`DbError`] where the database fails: nothing is erased then.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel, person::PersonRef};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// let visitor = Visitor::guest("4f3c");
/// let erased = database
///     .write(move |tx| {
///         save_webchat_message(tx, &channel, &visitor, NewMessage::text("Forget me"))?;
///         let whom = PersonRef::Account(visitor.account_id());
///         erase(tx, &whom, |_, _| Ok::<_, WebChatError>(ErasedByHost::default()))
///     })
///     .wait()?;
/// assert_eq!(erased.unwrap().messages, 1);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn erase<E: From<DbError>>(
    tx: &mut Tx<'_>,
    whom: &PersonRef,
    mut host: impl FnMut(&mut Tx<'_>, &HostIdentity) -> Result<ErasedByHost, E>,
) -> Result<Option<Erased>, E> {
    // Who is being made just now has been made then, with all that comes with it.
    let ids: Vec<AccountId> = find_person(tx, whom)?.0.accounts.into_iter().collect();
    account_tombstones::lock_account_ids(tx, &ids)?;
    let (person, known) = find_person(tx, whom)?;
    // A host that begins a guest's session locks the account, too: the host sees it here and ends it, or
    // finds no account.
    let ids: Vec<AccountId> = person.accounts.iter().cloned().collect();
    erasure::lock_accounts(tx, &ids)?;
    let mut by_host = ErasedByHost::default();
    for one in &known {
        let erased = host(tx, one)?;
        by_host.users += erased.users;
        by_host.actors.extend(erased.actors);
    }
    let mut erased = erase_person(tx, &person, &by_host.actors)?;
    erased.users = by_host.users;
    Ok((!erased.is_nothing()).then_some(erased))
}
