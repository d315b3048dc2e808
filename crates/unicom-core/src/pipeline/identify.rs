//! Finding the member behind a request (`identify_member`).

use unicom_db::{DbError, Tx, queries::members};
use unicom_models::{Account, Member, Request};

/// Returns the member of the account or, failing that, the one member with the verified e-mail
/// address or telephone number of the request.
///
/// If several members match, none is used, and a note is added to the request.
pub(super) fn identify(
    tx: &mut Tx<'_>,
    request: &mut Request,
    account: &Account,
) -> Result<Option<Member>, DbError> {
    if let Some(id) = account.member_id {
        return members::get(tx, id);
    }
    let (email, phone) = (request.email.as_deref(), request.phone.as_deref());
    if email.is_none() && phone.is_none() {
        return Ok(None);
    }
    let mut matching = members::by_verified_contact(tx, email, phone)?;
    if matching.len() > 1 {
        request.note("identify_member: several members have this e-mail address or telephone number, so no member was linked");
        return Ok(None);
    }
    Ok(matching.pop())
}
