//! `get_or_create_account`: the visitor's account, and the person behind a user (seed 2.2).

use std::time::Duration;

use unicom_db::{
    Tx,
    queries::{
        account_tombstones::{self, Tombstone},
        accounts, members,
    },
};
use unicom_models::{Account, Channel, Member, MemberId};

use crate::access::ensure_not_blocked;
use crate::{User, Visitor, WebChatError};

/// How long after a login a write that had arrived before it still goes to the user. For as long, any
/// other write under the guest's name is refused, and so is a write of an account that was erased.
/// Later the name is free, and a write under it makes a new guest.
const IN_FLIGHT_WINDOW: Duration = Duration::from_secs(60);

/// The visitor's account, made on `channel` where the visitor has none; a user's is linked to a member.
///
/// A user's member is the one of that user id; else the one whose *verified* e-mail address is the user's own
/// verified one, if it is exactly one and nobody's yet; else a new one. Until the transaction ends, nobody else
/// deletes or changes the account.
///
/// # Errors
/// [`WebChatError::AccountBlocked`]; for a minute also where the account was erased.
/// [`WebChatError::GuestLoggedIn`] for a guest who has logged in before the request arrived.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// let account = database
///     .write(move |tx| get_or_create_account(tx, &channel, &Visitor::user("7", "Ada")))
///     .wait()?;
/// assert_eq!(account.id.as_str(), "webchat_user_7");
/// assert!(account.member_id.is_some());
/// # Ok::<(), WebChatError>(())
/// ```
pub fn get_or_create_account(
    tx: &mut Tx<'_>,
    channel: &Channel,
    visitor: &Visitor,
) -> Result<Account, WebChatError> {
    let id = visitor.account_id();
    if let Some(account) = accounts::lock(tx, &id)? {
        return sync_profile(tx, &account, visitor);
    }
    // Whoever is being erased just now has been, before it is asked what became of the account.
    account_tombstones::lock_account_ids(tx, std::slice::from_ref(&id))?;
    if let Some(account) = successor(tx, visitor)? {
        return ensure_not_blocked(accounts::lock(tx, &account.id)?.unwrap_or(account));
    }
    let account = Account::new(id.clone(), channel, visitor.name().to_owned(), tx.now());
    // Another process may have made it meanwhile: then its row counts, not ours.
    accounts::insert_if_absent(tx, &account)?;
    let account = accounts::lock(tx, &id)?.unwrap_or(account);
    sync_profile(tx, &account, visitor)
}

/// Returns the account that takes what a visitor without an account writes: that of the user whom the
/// guest became, if the request had arrived before. `None` if the visitor is new.
///
/// # Errors
/// [`WebChatError::GuestLoggedIn`] if the request arrived after the guest became a user, or is stored
/// more than a minute after it; [`WebChatError::AccountBlocked`] if the account was erased.
pub(crate) fn successor(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
) -> Result<Option<Account>, WebChatError> {
    let in_flight_since = tx.now().minus(IN_FLIGHT_WINDOW);
    let arrived_at = visitor.arrived_at().unwrap_or_else(|| tx.now());
    // A request that has taken longer than the window must not bring the account back either.
    let since = in_flight_since.min(arrived_at);
    match account_tombstones::tombstone(tx, &visitor.account_id(), since)? {
        Some(Tombstone::MergedInto { account, at }) if arrived_at < at && in_flight_since <= at => {
            Ok(Some(account))
        }
        Some(Tombstone::MergedInto { .. }) => Err(WebChatError::GuestLoggedIn),
        // A message that crosses the erasure of its writer must not bring the writer back.
        Some(Tombstone::Erased) => Err(WebChatError::AccountBlocked),
        None => Ok(None),
    }
}

/// Keeps the account's name and member up to date with what the host says of the user.
pub(crate) fn sync_profile(
    tx: &mut Tx<'_>,
    account: &Account,
    visitor: &Visitor,
) -> Result<Account, WebChatError> {
    let account = ensure_not_blocked(account.clone())?;
    let Visitor::User(user) = visitor else {
        return Ok(account);
    };
    if account.member_id.is_some() && account.name == user.name {
        return Ok(account);
    }
    let member_id = match account.member_id {
        Some(id) => id,
        None => member_of(tx, user)?,
    };
    accounts::set_person(tx, &account.id, &user.name, Some(member_id))?;
    Ok(Account {
        name: user.name.clone(),
        member_id: Some(member_id),
        ..account
    })
}

fn member_of(tx: &mut Tx<'_>, user: &User) -> Result<MemberId, WebChatError> {
    if let Some(member) = members::by_user(tx, &user.id)? {
        return Ok(member.id);
    }
    let email = user
        .email
        .as_deref()
        .map(|email| email.trim().to_lowercase())
        .filter(|email| !email.is_empty());
    if let Some(email) = email.as_deref().filter(|_| user.email_verified)
        && let [only] = members::by_verified_email(tx, email)?.as_slice()
        && members::claim_for_user(tx, only.id, &user.id)?
    {
        return Ok(only.id);
    }
    let member = Member {
        id: MemberId::new(),
        name: user.name.clone(),
        user_id: Some(user.id.clone()),
        email_verified: user.email_verified && email.is_some(),
        email,
        phone: None,
        phone_verified: false,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    members::insert_if_absent(tx, &member)?;
    // Where another process was first, its member counts, not ours.
    Ok(members::by_user(tx, &user.id)?.map_or(member.id, |member| member.id))
}
