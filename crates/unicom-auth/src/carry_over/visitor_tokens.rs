//! Visitor tokens that were revoked after the backup.

use unicom_db::{Db, Tx};

use super::carried_over::{CarriedOver, CarryOverError, replaced};
use crate::visitor_tokens::revoked;

/// Revokes the visitor tokens that the replaced database had revoked. Tokens are not stored, so
/// those of other histories cannot be distinguished; their ids are random.
pub(super) fn revoke_visitor_tokens(
    tx: &mut Tx<'_>,
    other: &mut Db,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    let mut after = String::new();
    loop {
        let page = replaced(revoked::page_after(other, &after))?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after.clone_from(&last.subject);
        for revocation in page {
            carried.revoked_visitor_tokens += revoked::keep(tx, &revocation)?;
        }
    }
}
