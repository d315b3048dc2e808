//! identify_member: the person behind a request.

use unicom_db::{DbError, Tx, queries::members};
use unicom_models::{Account, Member};

/// The member behind an account, where known.
pub(super) fn identify(tx: &mut Tx<'_>, account: &Account) -> Result<Option<Member>, DbError> {
    match account.member_id {
        Some(id) => members::get(tx, id),
        None => Ok(None),
    }
}
