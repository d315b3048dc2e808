//! [`Actor`]: who changes something, as recorded in the audit trail.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;
use unicom_db::{DbError, Tx, queries::audit};
use unicom_models::{AccountId, AuditEntry};

use crate::{CoreError, validation::checked_key};

/// Who changes something. Every management function takes an actor, and records the change in the
/// audit trail under the actor's name.
///
/// ```
/// use unicom_core::admin::Actor;
///
/// assert_eq!(Actor::user(7).to_string(), "user:7");
/// assert_eq!(Actor::new("host:setup")?.to_string(), "host:setup");
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(Cow<'static, str>);

impl Actor {
    /// The person at the command line.
    pub const COMMAND_LINE: Self = Self(Cow::Borrowed("cli"));

    /// Creates an actor of the host application, such as `host:setup`.
    ///
    /// # Errors
    /// [`CoreError::Invalid`] unless the name has 1 to 255 characters and no control characters.
    pub fn new(name: &str) -> Result<Self, CoreError> {
        checked_key("actor", name).map(|name| Self(name.into()))
    }

    /// The user with this id of the host.
    pub fn user(id: impl fmt::Display) -> Self {
        Self(format!("user:{id}").into())
    }

    /// The program with the API token of this id.
    pub fn token(id: i64) -> Self {
        Self(format!("token:{id}").into())
    }

    /// The visitor with this account.
    pub fn account(id: &AccountId) -> Self {
        Self(format!("account:{id}").into())
    }

    /// Returns `true` for the program with an API token.
    pub fn is_program(&self) -> bool {
        self.0.starts_with("token:")
    }

    /// Returns the name in the audit trail.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds an entry to the audit trail, in the transaction of the action it records: both are
    /// stored, or neither.
    ///
    /// `action` is what was done (`account.block`), `subject` what it was done to
    /// (`account:sms_49170`), and `details` describes the change. Never pass a secret or the
    /// text of a message (ASVS 5.0, 16.2.5).
    ///
    /// # Errors
    /// [`DbError`] if the database fails.
    pub fn record(
        &self,
        tx: &mut Tx<'_>,
        action: &str,
        subject: impl fmt::Display,
        details: impl Into<Value>,
    ) -> Result<(), DbError> {
        let entry = AuditEntry::new(
            self.to_string(),
            action.to_owned(),
            subject.to_string(),
            details.into(),
            tx.now(),
        );
        audit::insert(tx, &entry)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
