//! The persons of the web chat: the users and guests of the host behind the accounts.

use std::collections::BTreeSet;
use std::convert::Infallible;

use serde_json::{Value, json};
use unicom_core::internal::Writer;
use unicom_core::person::{Erased, Person, PersonRef, erase_person};
use unicom_core::{CoreError, admin::Actor};
use unicom_db::queries::{account_tombstones, accounts, erasure};
use unicom_db::{Db, DbError, Tx, transaction};
use unicom_models::AccountId;

use crate::{GuestId, User};

/// The user or guest of the host that an account stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostIdentity {
    /// The user with this id of the host.
    User(String),
    /// The guest of the session with this public name.
    Guest(String),
}

impl HostIdentity {
    /// Returns the user or guest behind the account with this id, which is one of the web chat or
    /// of the platform `Internal`. Returns `None` if the account belongs to another platform.
    pub fn behind(account: &AccountId) -> Option<Self> {
        let id = account.as_str();
        let user = id.strip_prefix("webchat_user_");
        let guest = || id.strip_prefix("webchat_guest_");
        (user.or_else(|| Writer::user_behind(account)))
            .map(|id| Self::User(id.to_owned()))
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

/// The data that a host erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedByHost {
    /// The number of users.
    pub users: i64,
    /// The actors that stand for these users in the audit trail, such as `user:7` or `token:3`.
    pub actors: Vec<String>,
}

/// Finds a person, with the users and guests of the host that belong to it.
///
/// A user counts as a person even without any messages: the account that `whom` names does not have
/// to exist.
///
/// # Errors
/// [`DbError`] if the database fails.
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
            let internal = Writer::User(id.clone()).account_id();
            if accounts::get(db, &internal)?.is_some() {
                person.accounts.insert(internal);
            }
        }
    }
    Ok((person, known))
}

/// Erases a person and all their data, as [`erase_person`] does, together with the data of the
/// host. A dry run changes nothing and leaves no audit entry; it returns what would be erased.
///
/// Calls `host` for each user and guest of the host that belongs to the person. `host` erases the
/// data of the host in the same transaction.
///
/// # Errors
/// [`CoreError::NotFound`] if neither unicom nor the host has data of the person, the error that
/// `host` returns, and [`DbError`] if the database fails. Nothing is erased then.
///
/// ```
/// # use unicom_core::{admin::Actor, person::PersonRef};
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let visitor = Visitor::guest("4f3c");
/// let erased = database
///     .write(move |tx| {
///         save_webchat_message(tx, &channel, &visitor, NewMessage::text("Forget me"))?;
///         let (whom, dry_run) = (PersonRef::Account(visitor.account_id()), false);
///         erase(tx, &Actor::COMMAND_LINE, &whom, dry_run, |_, _| {
///             Ok::<_, WebChatError>(ErasedByHost::default())
///         })
///     })
///     .wait()?;
/// assert_eq!(erased.messages, 1);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn erase<E: From<DbError> + From<CoreError>>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    whom: &PersonRef,
    dry_run: bool,
    host: impl FnMut(&mut Tx<'_>, &HostIdentity) -> Result<ErasedByHost, E>,
) -> Result<Erased, E> {
    if dry_run {
        return preview(tx, whom, host);
    }
    let erased = erase_all(tx, whom, host)?;
    let action = format!("{}.erase", whom.kind());
    let details = serde_json::to_value(&erased).unwrap_or_default();
    actor.record(tx, &action, whom, details)?;
    Ok(erased)
}

/// The end of a nested transaction that is always rolled back.
enum RolledBack<E> {
    Erased(Box<Erased>),
    Failed(E),
}

impl<E: From<DbError>> From<DbError> for RolledBack<E> {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

/// Erases in a nested transaction, and rolls it back.
fn preview<E: From<DbError> + From<CoreError>>(
    tx: &mut Tx<'_>,
    whom: &PersonRef,
    host: impl FnMut(&mut Tx<'_>, &HostIdentity) -> Result<ErasedByHost, E>,
) -> Result<Erased, E> {
    let Err(end) = transaction(tx, |tx| match erase_all(tx, whom, host) {
        Ok(erased) => Err::<Infallible, _>(RolledBack::Erased(Box::new(erased))),
        Err(error) => Err(RolledBack::Failed(error)),
    });
    match end {
        RolledBack::Erased(erased) => Ok(*erased),
        RolledBack::Failed(error) => Err(error),
    }
}

fn erase_all<E: From<DbError> + From<CoreError>>(
    tx: &mut Tx<'_>,
    whom: &PersonRef,
    mut host: impl FnMut(&mut Tx<'_>, &HostIdentity) -> Result<ErasedByHost, E>,
) -> Result<Erased, E> {
    // Wait for accounts that are being created, so that the second search finds them with all their
    // data.
    let ids: Vec<AccountId> = find_person(tx, whom)?.0.accounts.into_iter().collect();
    account_tombstones::lock_account_ids(tx, &ids)?;
    let (person, known) = find_person(tx, whom)?;
    // A host that starts a guest's session locks the account, too. Either `host` sees the session
    // here and ends it, or the start of the session finds no account.
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
    if erased.is_nothing() {
        return Err(whom.not_found().into());
    }
    Ok(erased)
}

/// Finds a person for an [export](unicom_core::person::export_person), together with what `host`
/// returns about the person's users and guests.
///
/// # Errors
/// [`CoreError::NotFound`] if neither unicom nor the host has data of the person, and [`DbError`]
/// if the database fails.
pub fn find_person_to_export(
    db: &mut Db,
    whom: &PersonRef,
    mut host: impl FnMut(&mut Db, &HostIdentity) -> Result<Option<Value>, DbError>,
) -> Result<(Person, Vec<Value>), CoreError> {
    let (person, known) = find_person(db, whom)?;
    let mut users = Vec::new();
    for one in &known {
        users.extend(host(db, one)?);
    }
    let mut is_there = !users.is_empty() || person.member.is_some();
    for id in &person.accounts {
        is_there = is_there || accounts::get(db, id)?.is_some();
    }
    if is_there {
        Ok((person, users))
    } else {
        Err(whom.not_found())
    }
}

/// Records in the audit trail that the data of a person was exported, with this number of files.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn record_export(
    tx: &mut Tx<'_>,
    actor: &Actor,
    whom: &PersonRef,
    files: usize,
) -> Result<(), DbError> {
    let action = format!("{}.export", whom.kind());
    actor.record(tx, &action, whom, json!({ "files": files }))
}
