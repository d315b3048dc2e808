//! The audit trail: entries for the actions of admins, and what they record of each change.

use serde_json::{Map, Value, json};
use unicom_db::{DbError, Tx, queries::audit};
use unicom_models::{AuditEntry, AuditId};
use url::Url;

use crate::admin::{CategoryChange, GroupChange, MemberChange};

/// Maximum number of characters of a host that the trail records. DNS allows 253.
const LONGEST_HOST: usize = 253;

/// Adds an entry to the audit trail, in the transaction of the action it records: both are stored,
/// or neither.
///
/// `actor` is who acted (`user:7`), `action` what was done (`account.block`), `subject` what it was
/// done to (`account:webchat_user_7`), and `details` describes the change. Never pass a secret or
/// the text of a message (ASVS 5.0, 16.2.5).
///
/// # Errors
/// [`DbError`] if the database fails.
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

/// Returns the fields that are set, for the trail. Unchanged fields are left out.
pub fn fields_set<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let set = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    fields.into_iter().filter_map(set).collect()
}

/// Describes the configuration of a bot or a channel for the trail.
///
/// The result has the names of the settings only, since their values may be secret. `hosts` has the
/// host, and the port if there is one, of every setting that is a web address (`url`, `base_url`),
/// since conversations and keys are sent there. The rest of an address may hold a secret. `bot`
/// describes a bot configured in a channel.
///
/// ```
/// use serde_json::{Value, json};
/// use unicom_core::admin::config_for_audit;
///
/// let config = json!({
///     "base_url": "https://user:secret@models.example:8443/v1?key=secret",
///     "model": "m",
/// });
/// let described = config_for_audit(config.as_object().unwrap());
/// assert_eq!(
///     Value::Object(described),
///     json!({
///         "config_keys": ["base_url", "model"],
///         "hosts": {"base_url": "models.example:8443"},
///     }),
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

/// Returns the host of a web address, and its port if it is not the default port of the scheme.
fn host(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let host: String = host.chars().take(LONGEST_HOST).collect();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

/// Returns `"set"` or `"cleared"` for a changed field whose value must not be recorded.
///
/// The trail outlives what it describes. Returns `None` if the field is unchanged.
fn set_or_cleared<T>(field: &Option<Option<T>>) -> Option<Value> {
    let value = field.as_ref()?;
    Some(if value.is_some() { "set" } else { "cleared" }.into())
}

impl MemberChange {
    /// Returns the description of the change for the audit trail.
    ///
    /// The name, the e-mail address and the telephone number are recorded only as set or cleared.
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
    /// Returns the description of the change for the audit trail.
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
    /// Returns the description of the change for the audit trail.
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

/// Describes a `bot` setting: the name of the bot, or its kind and configuration.
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
