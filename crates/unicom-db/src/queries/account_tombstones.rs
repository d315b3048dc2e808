//! Tombstones of accounts: guests merged into a user's account, and accounts that were erased.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use unicom_models::schema::unicom_account_merges as merges;
use unicom_models::{Account, AccountId, UtcTime};

use crate::{Db, DbError, Tx, by_engine, on_engine};

/// What happened to an account that no longer exists.
#[derive(Debug, Clone, PartialEq)]
pub enum Tombstone {
    /// The account was merged into another one.
    MergedInto {
        /// The account that it was merged into.
        account: Account,
        /// The time of the merge, shortly before it was committed.
        at: UtcTime,
    },
    /// The person behind the account was erased.
    Erased,
}

/// Returns what happened to the account `from`. Returns `None` if it has no tombstone from `since`
/// or later.
pub fn tombstone(
    db: &mut Db,
    from: &AccountId,
    since: UtcTime,
) -> Result<Option<Tombstone>, DbError> {
    use unicom_models::schema::unicom_accounts as accounts;
    let found: Option<(Option<Account>, UtcTime)> = on_engine!(db, conn => merges::table
        .left_join(accounts::table.on(accounts::id.nullable().eq(merges::to_account_id)))
        .filter(merges::from_account_id.eq(from))
        .filter(merges::merged_at.ge(since))
        .select((Option::<Account>::as_select(), merges::merged_at))
        .first(conn)
        .optional())?;
    Ok(found.map(|(into, at)| match into {
        Some(account) => Tombstone::MergedInto { account, at },
        None => Tombstone::Erased,
    }))
}

/// Returns the account into which `from` was merged. Returns `None` if it was not merged, or before
/// `since`.
pub fn merged_into(
    db: &mut Db,
    from: &AccountId,
    since: UtcTime,
) -> Result<Option<Account>, DbError> {
    Ok(match tombstone(db, from, since)? {
        Some(Tombstone::MergedInto { account, .. }) => Some(account),
        Some(Tombstone::Erased) | None => None,
    })
}

/// Returns the accounts that were merged into any of these, as (from, into, time), ordered by id.
pub fn merged_from(
    db: &mut Db,
    into: &[AccountId],
) -> Result<Vec<(AccountId, AccountId, UtcTime)>, DbError> {
    Ok(on_engine!(db, conn => merges::table
        .filter(merges::to_account_id.eq_any(into))
        .order(merges::from_account_id)
        .select((merges::from_account_id, merges::to_account_id.assume_not_null(), merges::merged_at))
        .load(conn))?)
}

/// Records that `from` was merged into `to`, so that what is in flight for the old id reaches `to`.
///
/// The stored time is [`Tx::current_time`]: what arrived while the transaction waited for its locks
/// arrived before the merge.
pub fn record_merge(tx: &mut Tx<'_>, from: &AccountId, to: &AccountId) -> Result<(), DbError> {
    insert_tombstone(tx, from, Some(to))
}

/// Records that these accounts were erased, including the accounts that were merged into them, so
/// that what is in flight for these ids is refused.
pub fn record_erasures(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<(), DbError> {
    let now = tx.now();
    for id in ids {
        insert_tombstone(tx, id, None)?;
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(merges::table.filter(merges::to_account_id.eq_any(ids)))
        .set((merges::to_account_id.eq(None::<AccountId>), merges::merged_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Deletes up to `limit` records of erasures from before `before`, when nothing can be in flight
/// any more. Returns the number of deleted records.
pub fn delete_old_erasures(tx: &mut Tx<'_>, before: UtcTime, limit: i64) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => {
        let old: Vec<AccountId> = merges::table
            .filter(merges::to_account_id.is_null())
            .filter(merges::merged_at.lt(before))
            .order(merges::from_account_id)
            .limit(limit)
            .select(merges::from_account_id)
            .load(conn)?;
        diesel::delete(merges::table
            .filter(merges::from_account_id.eq_any(old))
            .filter(merges::to_account_id.is_null()))
        .execute(conn)
    })?)
}

fn insert_tombstone(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: Option<&AccountId>,
) -> Result<(), DbError> {
    let now = tx.current_time();
    let db: &mut Db = tx;
    let merge = (merges::to_account_id.eq(to), merges::merged_at.eq(now));
    on_engine!(db, conn => diesel::insert_into(merges::table)
        .values((merges::from_account_id.eq(from), merge))
        // A host may reuse a guest's id, and that guest may be merged into another account.
        .on_conflict(merges::from_account_id)
        .do_update()
        .set(merge)
        .execute(conn))?;
    Ok(())
}

/// Class of the PostgreSQL advisory locks for creating and erasing accounts: an arbitrary constant.
const NAMES: i32 = 0x756e_6963;

/// Prevents other transactions from creating or erasing accounts with these ids until this
/// transaction ends. The accounts need not exist.
///
/// A [`tombstone`] lookup afterwards sees what other transactions recorded. Call this before
/// locking any of the accounts. PostgreSQL uses advisory locks, since a missing row cannot be
/// locked; SQLite needs none, since it has one writer at a time.
pub fn lock_account_ids(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<(), DbError> {
    let db: &mut Db = tx;
    by_engine!(db, Postgres(conn) => {
        // Locks in the same order everywhere, which avoids deadlocks.
        let ids: BTreeSet<&AccountId> = ids.iter().collect();
        for id in ids {
            diesel::sql_query("SELECT pg_advisory_xact_lock($1, hashtext($2))")
                .bind::<Integer, _>(NAMES)
                .bind::<Text, _>(id)
                .execute(conn)?;
        }
    });
    Ok(())
}
