//! Accounts that were blocked after the backup.

use diesel::prelude::*;
use serde_json::Value;
use unicom_db::queries::{accounts, channels};
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::schema::unicom_accounts;
use unicom_models::{Account, AccountId};
use unicom_webchat::HostIdentity;

use super::carried_over::{CarriedOver, CarryOverError, replaced};
use super::users::Users;

/// Blocks the accounts that are blocked in the replaced database.
///
/// A person in the backup may have got an account after it, by writing for the first time. That
/// account is created in the restored database as well, blocked and without any content.
pub(super) fn block_accounts(
    tx: &mut Tx<'_>,
    other: &mut Db,
    users: &Users,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    for account in replaced(blocked(other))? {
        let id = account.id.to_string();
        match accounts::get(tx, &account.id)? {
            Some(here) => {
                let is_older_here = !here.blocked
                    && here.created_at == account.created_at
                    && here.updated_at < account.updated_at;
                if is_older_here {
                    accounts::set_blocked(tx, &account.id, true)?;
                    carried.blocked_accounts.push(id);
                }
            }
            None if !is_of_known(&account.id, users) => {}
            None if channels::get(tx, account.channel_id)?.is_some() => {
                accounts::insert_if_absent(tx, &bare(account))?;
                carried.blocked_accounts.push(id);
            }
            None => carried.left_out.push(format!(
                "the account {id} is blocked, and its channel is not in the backup"
            )),
        }
    }
    Ok(())
}

/// Returns `true` if the account must belong to the same person in both databases. A guest's
/// account is named after a secret of that guest.
fn is_of_known(id: &AccountId, users: &Users) -> bool {
    match HostIdentity::behind(id) {
        Some(HostIdentity::User(id)) => id.parse().is_ok_and(|id| users.has(id)),
        Some(HostIdentity::Guest(_)) => true,
        None => false,
    }
}

/// Returns the account without references to rows that the backup may lack.
fn bare(mut account: Account) -> Account {
    account.member_id = None;
    account.default_category_id = None;
    account.raw = Value::Object(serde_json::Map::new());
    account
}

/// Returns the blocked accounts.
fn blocked(db: &mut Db) -> Result<Vec<Account>, DbError> {
    use unicom_accounts as table;
    Ok(on_engine!(db, conn => table::table
        .filter(table::blocked.eq(true))
        .order(table::id)
        .select(Account::as_select())
        .load(conn))?)
}
