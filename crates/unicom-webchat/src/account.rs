//! `get_or_create_account`: the visitor's account and the member behind a user (seed 2.2).

use std::time::Duration;

use unicom_db::{
    Tx,
    queries::{
        account_tombstones::{self, Tombstone},
        accounts, members,
    },
};
use unicom_models::{Account, Channel, Member, MemberId};

use crate::write_access::ensure_not_blocked;
use crate::{User, Visitor, WebChatError};

/// Time after a login during which a write that had arrived before the login still goes to the
/// user. During this time, any other write with the guest's account id is refused, and so is a
/// write with the id of an erased account. Afterwards the id is free again, and a write with it
/// creates a new guest.
const IN_FLIGHT_WINDOW: Duration = Duration::from_secs(60);

/// Returns the visitor's account. Creates it on `channel` if it does not exist, and links a user's
/// account to a member.
///
/// The member of a user is the one with the user's id. Otherwise it is the member whose *verified*
/// e-mail address equals the user's verified address, if there is exactly one and it belongs to no
/// user yet. Otherwise a new member is created. Other transactions cannot change or delete the
/// account until this one ends.
///
/// # Errors
/// - [`WebChatError::AccountBlocked`] if the account is blocked or was erased within the last
///   minute.
/// - [`WebChatError::GuestLoggedIn`] if the guest logged in before the request arrived.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
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
    let id = visitor.checked_account_id()?;
    if let Some(account) = accounts::lock(tx, &id)? {
        return sync_profile(tx, &account, visitor);
    }
    // Wait until an erasure that is in progress has ended, before reading the tombstone.
    account_tombstones::lock_account_ids(tx, std::slice::from_ref(&id))?;
    if let Some(account) = successor(tx, visitor)? {
        return ensure_not_blocked(accounts::lock(tx, &account.id)?.unwrap_or(account));
    }
    let account = Account::new(id.clone(), channel, visitor.name(), tx.now());
    // Another process may have created the account in the meantime. Its row is the one to use.
    accounts::insert_if_absent(tx, &account)?;
    let account = accounts::lock(tx, &id)?.unwrap_or(account);
    sync_profile(tx, &account, visitor)
}

/// Returns the account that receives the messages of a visitor who has no account: the account of
/// the user the guest became, if the request had arrived before the login. Returns `None` if the
/// visitor is new.
///
/// # Errors
/// - [`WebChatError::GuestLoggedIn`] if the request arrived after the guest became a user, or is
///   stored more than a minute after that.
/// - [`WebChatError::AccountBlocked`] if the account was erased.
pub(crate) fn successor(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
) -> Result<Option<Account>, WebChatError> {
    let in_flight_since = tx.now().minus(IN_FLIGHT_WINDOW);
    let arrived_at = visitor.arrived_at().unwrap_or_else(|| tx.now());
    // A request that took longer than the window must not bring the account back either.
    let since = in_flight_since.min(arrived_at);
    match account_tombstones::tombstone(tx, &visitor.account_id(), since)? {
        Some(Tombstone::MergedInto { account, at }) if arrived_at < at && in_flight_since <= at => {
            Ok(Some(account))
        }
        Some(Tombstone::MergedInto { .. }) => Err(WebChatError::GuestLoggedIn),
        // A message that is sent during the erasure of its author must not bring the author back.
        Some(Tombstone::Erased) => Err(WebChatError::AccountBlocked),
        None => Ok(None),
    }
}

/// Updates the account's name and member from what the host reports about the user, and returns the
/// account.
///
/// # Errors
/// [`WebChatError::AccountBlocked`].
pub(crate) fn sync_profile(
    tx: &mut Tx<'_>,
    account: &Account,
    visitor: &Visitor,
) -> Result<Account, WebChatError> {
    let mut account = ensure_not_blocked(account.clone())?;
    let Visitor::User(user) = visitor else {
        return Ok(account);
    };
    let name = user.shown_name();
    if account.member_id.is_some() && account.name == name {
        return Ok(account);
    }
    let member_id = match account.member_id {
        Some(id) => id,
        None => member_of(tx, user)?,
    };
    accounts::set_person(tx, &account.id, &name, Some(member_id))?;
    account.name = name;
    account.member_id = Some(member_id);
    Ok(account)
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
    let mut member = Member::new(user.shown_name(), tx.now());
    member.user_id = Some(user.id.clone());
    member.email_verified = user.email_verified && email.is_some();
    member.email = email;
    members::insert_if_absent(tx, &member)?;
    // If another process created the member first, its row is the one to use.
    Ok(members::by_user(tx, &user.id)?.map_or(member.id, |member| member.id))
}
