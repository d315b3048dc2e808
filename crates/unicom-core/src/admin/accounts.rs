//! Blocking and unblocking accounts.

use serde_json::json;
use unicom_db::{Tx, queries::accounts};
use unicom_models::{Account, AccountId};

use crate::{CoreError, admin::Actor};

/// Blocks an account, so that it can neither write nor read.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn block_account(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId) -> Result<Account, CoreError> {
    set_blocked(tx, actor, id, true)
}

/// Lets an account write and read again.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn unblock_account(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: &AccountId,
) -> Result<Account, CoreError> {
    set_blocked(tx, actor, id, false)
}

fn set_blocked(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: &AccountId,
    blocked: bool,
) -> Result<Account, CoreError> {
    accounts::set_blocked(tx, id, blocked)?;
    let account = accounts::get(tx, id)?.ok_or_else(|| CoreError::not_found("account", id))?;
    let action = if blocked {
        "account.block"
    } else {
        "account.unblock"
    };
    actor.record(tx, action, format_args!("account:{id}"), json!({}))?;
    Ok(account)
}
