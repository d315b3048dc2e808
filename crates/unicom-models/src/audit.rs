//! An audit entry: what somebody who manages unicom did.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::{AuditId, UtcTime, schema};

/// What somebody who manages unicom did. Kept for good, also when its subject is gone (ASVS 5.0, 16.2).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_audit)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When it was done.
    pub created_at: UtcTime,
    /// Who did it: `user:7`, `token:…`.
    pub actor: String,
    /// What was done: `account.block`, `request.retry`, …
    pub action: String,
    /// To what: `account:webchat_user_7`, `request:…`.
    pub subject: String,
    /// How: what was changed. Never a secret or the text of a message.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub details: Value,
}
