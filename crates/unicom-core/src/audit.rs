//! The audit trail: a line for everything that somebody who manages unicom does, and what it tells of each change.

use serde_json::{Map, Value, json};
use unicom_db::{DbError, Tx, queries::audit};
use unicom_models::{AuditEntry, AuditId};

use crate::{CategoryChange, GroupChange, MemberChange};

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

/// The fields that are set, for the trail; those that stay are not among them.
pub fn fields_set<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let set = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    fields.into_iter().filter_map(set).collect()
}

/// The names of the settings in a configuration: what they say may be secret.
pub fn config_keys(config: &Map<String, Value>) -> Value {
    config.keys().map(String::as_str).collect()
}

/// Whether a field is set or cleared, where what it says is not for the trail: the trail outlives what it tells of.
fn set_or_cleared<T>(field: &Option<Option<T>>) -> Option<Value> {
    let value = field.as_ref()?;
    Some(if value.is_some() { "set" } else { "cleared" }.into())
}

impl MemberChange {
    /// What the audit trail tells of it: nothing by which the person could be found.
    pub fn for_audit(&self) -> Map<String, Value> {
        fields_set([
            ("name", self.name.as_ref().map(|_| json!("set"))),
            ("user_id", self.user_id.as_ref().map(|id| json!(id))),
            ("email", set_or_cleared(&self.email)),
            ("email_verified", self.email_verified.map(Value::Bool)),
            ("phone", set_or_cleared(&self.phone)),
            ("phone_verified", self.phone_verified.map(Value::Bool)),
        ])
    }
}

impl GroupChange {
    /// What the audit trail tells of it.
    pub fn for_audit(&self) -> Map<String, Value> {
        fields_set([
            ("name", self.name.as_ref().map(|name| json!(name))),
            (
                "description",
                self.description.as_ref().map(|text| json!(text)),
            ),
        ])
    }
}

impl CategoryChange {
    /// What the audit trail tells of it.
    pub fn for_audit(&self) -> Map<String, Value> {
        fields_set([
            ("name", self.name.as_ref().map(|name| json!(name))),
            (
                "description",
                self.description.as_ref().map(|_| json!("set")),
            ),
            ("parent_id", self.parent_id.map(|id| json!(id))),
            ("sequence", self.sequence.map(Value::from)),
            ("active", self.active.map(Value::Bool)),
            ("public", self.public.map(Value::Bool)),
            ("matcher", set_or_cleared(&self.matcher)),
            ("bot", self.bot.as_ref().map(bot_for_audit)),
            (
                "channel_ids",
                self.channel_ids.as_ref().map(|ids| json!(ids)),
            ),
            ("member_ids", self.member_ids.as_ref().map(|ids| json!(ids))),
            ("group_ids", self.group_ids.as_ref().map(|ids| json!(ids))),
        ])
    }
}

/// A bot's name, or its kind and the names of its settings.
fn bot_for_audit(bot: &Option<Value>) -> Value {
    match bot {
        Some(Value::Object(settings)) => {
            json!({ "kind": settings.get("kind"), "config_keys": config_keys(settings) })
        }
        bot => json!(bot),
    }
}
