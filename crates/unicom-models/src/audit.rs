//! Audit entries: records of what admins did.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::{AuditId, UtcTime, schema};

/// A record of what an admin did. Kept permanently, even after its subject is deleted (ASVS 5.0,
/// 16.2).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_audit)]
#[non_exhaustive]
pub struct AuditEntry {
    /// The id of the entry.
    pub id: AuditId,
    /// When it was done.
    pub created_at: UtcTime,
    /// Who did it: `user:7`, `token:…`.
    pub actor: String,
    /// What was done: `account.block`, `request.retry`, …
    pub action: String,
    /// The subject of the action: `account:sms_49170`, `request:…`.
    pub subject: String,
    /// Details of the change. Never a secret or the text of a message.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub details: Value,
}

impl AuditEntry {
    /// Creates an entry for an action that `actor` takes now.
    pub fn new(
        actor: String,
        action: String,
        subject: String,
        details: Value,
        now: UtcTime,
    ) -> Self {
        Self {
            id: AuditId::new(),
            created_at: now,
            actor,
            action,
            subject,
            details,
        }
    }
}
