//! People who were erased after the backup.

use std::collections::BTreeSet;

use diesel::prelude::*;
use unicom_core::person::PersonRef;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::AuditId;
use unicom_models::schema::unicom_audit as audit;
use unicom_webchat::{GuestId, HostIdentity, Visitor, find_person};

use super::carried_over::{CarriedOver, CarryOverError, replaced};
use crate::{guest_sessions, users, visitor_tokens};

/// Actions by which the audit trail records that a person was erased.
const ERASED: [&str; 2] = ["account.erase", "member.erase"];

/// Removes the access of people who, according to the audit trail of the replaced database, were
/// erased since the backup. The databases have a common history if that trail has the latest entry
/// of the backup's trail.
///
/// Erasing them again is left to the operator, because it cannot be undone and the backup alone
/// says who they are.
pub(super) fn shut_out_erased(
    tx: &mut Tx<'_>,
    other: &mut Db,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    let known: BTreeSet<AuditId> = erasures(tx)?.into_iter().map(|(id, _)| id).collect();
    let mut erased: Vec<String> = Vec::new();
    for (id, subject) in replaced(erasures(other))? {
        if !known.contains(&id) && !erased.contains(&subject) {
            erased.push(subject);
        }
    }
    let is_of_the_same_history = match latest(tx)? {
        Some(latest) => replaced(has(other, latest))?,
        None => false,
    };
    if is_of_the_same_history {
        for subject in erased {
            if shut_out(tx, &subject)? {
                carried.erased.push(subject);
            }
        }
    } else if !erased.is_empty() {
        carried.left_out.push(format!(
            "its audit trail does not continue the backup's, so that it is not known whether these people, who were \
             erased there, are in the backup: {}",
            erased.join(", ")
        ));
    }
    Ok(())
}

/// Removes all access of the person. Returns `false` if the person does not exist.
fn shut_out(tx: &mut Tx<'_>, subject: &str) -> Result<bool, DbError> {
    let whom = match subject.split_once(':') {
        Some(("account", id)) => PersonRef::Account(id.into()),
        Some(("member", id)) => match id.parse() {
            Ok(id) => PersonRef::Member(id),
            Err(_) => return Ok(false),
        },
        _ => return Ok(false),
    };
    let (person, known) = find_person(tx, &whom)?;
    let mut is_there = person.member.is_some();
    for one in &known {
        is_there |= match one {
            HostIdentity::User(id) => match id.parse() {
                Ok(id) => users::shut_out(tx, id)?,
                Err(_) => {
                    visitor_tokens::revoke_all_of(tx, &Visitor::user(id, ""))?;
                    false
                }
            },
            HostIdentity::Guest(key) => {
                let guest = GuestId::new(key.clone());
                guest_sessions::end_sessions_of_guest(tx, &guest)?;
                visitor_tokens::revoke_all_of(tx, &guest.into())?;
                false
            }
        };
    }
    for id in &person.accounts {
        is_there |= unicom_db::queries::accounts::get(tx, id)?.is_some();
    }
    Ok(is_there)
}

fn latest(db: &mut Db) -> Result<Option<AuditId>, DbError> {
    Ok(on_engine!(db, conn => audit::table
        .order((audit::created_at.desc(), audit::id.desc()))
        .select(audit::id)
        .first(conn)
        .optional())?)
}

fn has(db: &mut Db, id: AuditId) -> Result<bool, DbError> {
    let found: Option<AuditId> =
        on_engine!(db, conn => audit::table.find(id).select(audit::id).first(conn).optional())?;
    Ok(found.is_some())
}

fn erasures(db: &mut Db) -> Result<Vec<(AuditId, String)>, DbError> {
    Ok(on_engine!(db, conn => audit::table
        .filter(audit::action.eq_any(ERASED))
        .order((audit::created_at, audit::id))
        .select((audit::id, audit::subject))
        .load(conn))?)
}
