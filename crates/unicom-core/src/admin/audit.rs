//! The audit trail: a line for everything that somebody who manages unicom does, and what it tells of each change.

use serde_json::{Map, Value, json};
use unicom_db::{DbError, Tx, queries::audit};
use unicom_models::{AuditEntry, AuditId};
use url::Url;

use crate::admin::{CategoryChange, GroupChange, MemberChange};

/// Characters of a host that the trail keeps: DNS allows 253.
const LONGEST_HOST: usize = 253;

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

/// Describes the configuration of a bot or a channel for the trail: the names of its settings,
/// since their values may be secret.
///
/// `hosts` has the host, and the port if there is one, of every setting that is a web address
/// (`url`, `base_url`): it says where conversations and keys go. The rest of an address may hold a
/// secret. `bot` describes a bot that stands in the configuration of a channel.
///
/// ```
/// use serde_json::{Value, json};
/// use unicom_core::admin::config_for_audit;
///
/// let config = json!({"base_url": "https://user:secret@models.example:8443/v1?key=secret", "model": "m"});
/// let described = config_for_audit(config.as_object().unwrap());
/// assert_eq!(
///     Value::Object(described),
///     json!({"config_keys": ["base_url", "model"], "hosts": {"base_url": "models.example:8443"}}),
/// );
/// ```
pub fn config_for_audit(config: &Map<String, Value>) -> Map<String, Value> {
    let hosts: Map<String, Value> = config
        .iter()
        .filter(|(name, _)| *name == "url" || name.ends_with("_url"))
        .filter_map(|(name, value)| Some((name.clone(), host(value.as_str()?)?.into())))
        .collect();
    let keys: Value = config.keys().map(String::as_str).collect();
    let bot = config.get("bot").filter(|bot| bot.is_object());
    fields_set([
        ("config_keys", Some(keys)),
        ("hosts", (!hosts.is_empty()).then_some(Value::Object(hosts))),
        ("bot", bot.map(bot_for_audit)),
    ])
}

/// Returns the host of a web address, and its port if that is not the scheme's own.
fn host(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let host: String = host.chars().take(LONGEST_HOST).collect();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
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
            (
                "bot",
                self.bot
                    .as_ref()
                    .map(|bot| bot.as_ref().map_or(Value::Null, bot_for_audit)),
            ),
            (
                "channel_ids",
                self.channel_ids.as_ref().map(|ids| json!(ids)),
            ),
            ("member_ids", self.member_ids.as_ref().map(|ids| json!(ids))),
            ("group_ids", self.group_ids.as_ref().map(|ids| json!(ids))),
        ])
    }
}

/// Describes a setting `bot`: the bot's name, or its kind and its configuration.
fn bot_for_audit(bot: &Value) -> Value {
    match bot {
        Value::Object(settings) => {
            let mut described = config_for_audit(settings);
            let kind = settings.get("kind").cloned().unwrap_or_default();
            described.insert("kind".to_owned(), kind);
            Value::Object(described)
        }
        name => name.clone(),
    }
}
