//! The audit trail: a line for everything that somebody who manages unicom does.

use serde_json::Value;
use unicom_db::{DbError, Tx, queries::audit};
use unicom_models::{AuditEntry, AuditId};

/// Writes a line into the audit trail, in the transaction of what it tells of: both are kept, or neither.
///
/// `actor` is who did it (`user:7`), `action` what was done (`account.block`), `subject` to what
/// (`account:webchat_user_7`), `details` how. Never pass a secret or the text of a message (ASVS 5.0, 16.2.5).
///
/// # Errors
/// [`DbError`] where the database fails.
pub fn record_audit(
    tx: &mut Tx<'_>,
    actor: &str,
    action: &str,
    subject: &str,
    details: Value,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        id: AuditId::new(),
        created_at: tx.now(),
        actor: actor.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        details,
    };
    audit::insert(tx, &entry)
}
