//! The audit trail: the actions of admins.

use diesel::prelude::*;
use unicom_models::schema::unicom_audit as audit;
use unicom_models::{AuditEntry, AuditId, UtcTime};

use crate::{Db, DbError, Tx, on_engine};

/// Inserts an entry. Must run in the transaction of the action that it describes.
pub fn insert(tx: &mut Tx<'_>, entry: &AuditEntry) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(audit::table).values(entry).execute(conn))?;
    Ok(())
}

/// Returns up to `limit` entries after the position `after`, newest first.
pub fn list(
    db: &mut Db,
    after: Option<(UtcTime, AuditId)>,
    limit: i64,
) -> Result<Vec<AuditEntry>, DbError> {
    Ok(on_engine!(db, conn => {
        let mut query = audit::table.select(AuditEntry::as_select()).into_boxed();
        if let Some((time, id)) = after {
            query = query
                .filter(audit::created_at.le(time))
                .filter(audit::created_at.lt(time).or(audit::id.lt(id)));
        }
        query.order((audit::created_at.desc(), audit::id.desc())).limit(limit).load(conn)
    })?)
}

/// Returns all entries about these subjects, oldest first. Scans the whole trail, which is small
/// because only people add to it.
pub fn of_subjects(db: &mut Db, subjects: &[String]) -> Result<Vec<AuditEntry>, DbError> {
    Ok(on_engine!(db, conn => audit::table
        .filter(audit::subject.eq_any(subjects))
        .order((audit::created_at, audit::id))
        .select(AuditEntry::as_select())
        .load(conn))?)
}

/// Returns all entries with this action, oldest first. Scans the whole trail, which is small
/// because only people add to it.
pub fn of_action(db: &mut Db, action: &str) -> Result<Vec<AuditEntry>, DbError> {
    Ok(on_engine!(db, conn => audit::table
        .filter(audit::action.eq(action))
        .order((audit::created_at, audit::id))
        .select(AuditEntry::as_select())
        .load(conn))?)
}

/// Clears the details of all entries about these subjects. Actor, action, subject and time stay.
pub fn clear_details(tx: &mut Tx<'_>, subjects: &[String]) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(audit::table.filter(audit::subject.eq_any(subjects)))
        .set(audit::details.eq(serde_json::json!({})))
        .execute(conn))?;
    Ok(())
}
