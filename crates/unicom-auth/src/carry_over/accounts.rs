//! Accounts that were blocked after the backup.

use diesel::prelude::*;
use unicom_db::queries::accounts;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::schema::unicom_accounts;
use unicom_models::{AccountId, UtcTime};

use super::{CarriedOver, CarryOverError, replaced};

/// Blocks the accounts that are blocked in the replaced database.
pub(super) fn block_accounts(
    tx: &mut Tx<'_>,
    other: &mut Db,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    for (id, created_at, updated_at) in replaced(blocked(other))? {
        let is_older_here = accounts::get(tx, &id)?.is_some_and(|account| {
            !account.blocked && account.created_at == created_at && account.updated_at < updated_at
        });
        if is_older_here {
            accounts::set_blocked(tx, &id, true)?;
            carried.blocked_accounts.push(id.to_string());
        }
    }
    Ok(())
}

/// Returns the accounts that are blocked, with when they were made and last changed.
fn blocked(db: &mut Db) -> Result<Vec<(AccountId, UtcTime, UtcTime)>, DbError> {
    use unicom_accounts as table;
    Ok(on_engine!(db, conn => table::table
        .filter(table::blocked.eq(true))
        .order(table::id)
        .select((table::id, table::created_at, table::updated_at))
        .load(conn))?)
}
