//! identify_member: the person behind a request.

use unicom_db::{DbError, Tx, queries::members};
use unicom_models::{Account, Member, Request};

/// What was found out about the person behind a request.
#[derive(Debug)]
pub(super) enum Identified {
    /// The account's member, or none: nobody is known.
    Known(Option<Member>),
    /// A member whom the account does not know yet.
    Found(Member),
}

/// The member behind an account; else the one whose verified e-mail address or telephone number is the request's.
///
/// Two such members are no match, and the request says so.
pub(super) fn identify(
    tx: &mut Tx<'_>,
    request: &mut Request,
    account: &Account,
) -> Result<Identified, DbError> {
    if let Some(id) = account.member_id {
        return members::get(tx, id).map(Identified::Known);
    }
    let (email, phone) = (request.email.as_deref(), request.phone.as_deref());
    if email.is_none() && phone.is_none() {
        return Ok(Identified::Known(None));
    }
    let mut matching = members::by_verified_contact(tx, email, phone)?;
    if matching.len() > 1 {
        request.note("identify_member: several members have this e-mail address or telephone number, so none of them was taken");
        return Ok(Identified::Known(None));
    }
    Ok(match matching.pop() {
        Some(member) => Identified::Found(member),
        None => Identified::Known(None),
    })
}
