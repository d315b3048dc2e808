//! Sessions that had ended after the backup.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::schema::{unicom_account_merges as merges, unicom_accounts as accounts};
use unicom_models::{AccountId, UtcTime};
use unicom_webchat::GuestId;

use super::carried_over::{CarriedOver, CarryOverError, PAGE, replaced};
use super::users::Users;
use crate::schema::unicom_sessions as sessions;

/// Ends the sessions of all users. Returns how many were ended. Guest sessions are kept, since they
/// are the only access to the guests' chats.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn end_user_sessions(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::delete(sessions::table.filter(sessions::user_id.is_not_null())).execute(conn))?,
    )
}

/// Ends the sessions of all guests. Returns how many were ended.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn end_sessions_of_guests(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::delete(sessions::table.filter(sessions::user_id.is_null())).execute(conn))?,
    )
}

/// Ends the sessions of users that the replaced database no longer has.
pub(super) fn end_sessions_that_had_ended(
    tx: &mut Tx<'_>,
    other: &mut Db,
    users: &Users,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    for_each_page(tx, |tx, page| {
        let of_users = page.into_iter().filter_map(|row| Some((row.0, row.1?)));
        let known: Vec<String> = of_users
            .filter(|(_, user)| users.has(*user))
            .map(|(hash, _)| hash)
            .collect();
        let left = replaced(among(other, &known))?;
        let ended: Vec<String> = known
            .into_iter()
            .filter(|hash| !left.contains(hash))
            .collect();
        carried.ended_user_sessions += delete(tx, &ended)?;
        Ok(())
    })
}

/// Ends the sessions of guests whom the replaced database knows without that session, because they
/// have logged in, logged out or were erased since.
pub(super) fn end_guest_sessions(
    tx: &mut Tx<'_>,
    other: &mut Db,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    for_each_page(tx, |tx, page| {
        let guests: BTreeMap<String, AccountId> = page
            .into_iter()
            .filter(|(_, user, _)| user.is_none())
            .filter_map(|(hash, _, name)| Some((hash, GuestId::new(name?).account_id())))
            .collect();
        let ids: Vec<AccountId> = guests.values().cloned().collect();
        let here = created(tx, &ids)?;
        let there = replaced(created(other, &ids))?;
        let gone = replaced(merged(other, &ids))?;
        let is_known = |id: &AccountId| {
            gone.contains(id) || (here.contains_key(id) && here.get(id) == there.get(id))
        };
        let known = guests.into_iter().filter(|(_, id)| is_known(id));
        let known: Vec<String> = known.map(|(hash, _)| hash).collect();
        let left = replaced(among(other, &known))?;
        let ended: Vec<String> = known
            .into_iter()
            .filter(|hash| !left.contains(hash))
            .collect();
        carried.ended_guest_sessions += delete(tx, &ended)?;
        Ok(())
    })
}

/// A session: its hash, user and public name.
type Row = (String, Option<i64>, Option<String>);

fn for_each_page(
    tx: &mut Tx<'_>,
    mut f: impl FnMut(&mut Tx<'_>, Vec<Row>) -> Result<(), CarryOverError>,
) -> Result<(), CarryOverError> {
    let mut after = String::new();
    loop {
        let page = page(tx, &after)?;
        let Some((last, _, _)) = page.last() else {
            return Ok(());
        };
        after.clone_from(last);
        f(tx, page)?;
    }
}

fn page(db: &mut Db, after: &str) -> Result<Vec<Row>, DbError> {
    Ok(on_engine!(db, conn => sessions::table
        .filter(sessions::key_hash.gt(after))
        .order(sessions::key_hash)
        .limit(PAGE)
        .select((sessions::key_hash, sessions::user_id, sessions::session_key))
        .load(conn))?)
}

fn among(db: &mut Db, hashes: &[String]) -> Result<BTreeSet<String>, DbError> {
    let found: Vec<String> = on_engine!(db, conn => sessions::table
        .filter(sessions::key_hash.eq_any(hashes))
        .select(sessions::key_hash)
        .load(conn))?;
    Ok(found.into_iter().collect())
}

fn delete(db: &mut Db, hashes: &[String]) -> Result<usize, DbError> {
    Ok(
        on_engine!(db, conn => diesel::delete(sessions::table.filter(sessions::key_hash.eq_any(hashes))).execute(conn))?,
    )
}

/// Returns the creation times of those of the accounts that the database has.
fn created(db: &mut Db, ids: &[AccountId]) -> Result<BTreeMap<AccountId, UtcTime>, DbError> {
    let found: Vec<(AccountId, UtcTime)> = on_engine!(db, conn => accounts::table
        .filter(accounts::id.eq_any(ids))
        .select((accounts::id, accounts::created_at))
        .load(conn))?;
    Ok(found.into_iter().collect())
}

/// Returns those of the accounts that the database once had and that were merged into a user's
/// account or erased.
fn merged(db: &mut Db, ids: &[AccountId]) -> Result<BTreeSet<AccountId>, DbError> {
    let found: Vec<AccountId> = on_engine!(db, conn => merges::table
        .filter(merges::from_account_id.eq_any(ids))
        .select(merges::from_account_id)
        .load(conn))?;
    Ok(found.into_iter().collect())
}
