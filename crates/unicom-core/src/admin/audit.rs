//! What the audit trail records of a change.

use iri_string::types::IriStr;
use serde_json::{Map, Value};

use super::fields::Change;

/// Maximum number of characters of a host that the trail records. DNS allows 253.
const LONGEST_HOST: usize = 253;

/// Returns the fields that are set, for the trail. Unchanged fields are left out.
pub(super) fn fields_set<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let set = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    fields.into_iter().filter_map(set).collect()
}

/// Describes the configuration of a bot or a channel for the trail.
///
/// The result has the names of the settings only, since their values may be secret. `hosts` has the
/// host, and the port if there is one, of every setting that is a web address (`url`, `base_url`),
/// since conversations and keys are sent there. The rest of an address may hold a secret. `bot`
/// describes a bot configured in a channel.
pub(super) fn config_for_audit(config: &Value) -> Map<String, Value> {
    let Value::Object(config) = config else {
        return Map::new();
    };
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
    let address = IriStr::new(address).ok()?;
    let authority = address.authority_components()?;
    let host = authority.host().to_ascii_lowercase();
    let host: String = host.chars().take(LONGEST_HOST).collect();
    Some(match (address.scheme_str(), authority.port()) {
        (_, None | Some("")) | ("https", Some("443")) | ("http", Some("80")) => host,
        (_, Some(port)) => format!("{host}:{}", port.trim_start_matches('0')),
    })
}

/// Returns `"set"` or `"cleared"` for a changed field whose value must not be recorded.
///
/// The trail outlives what it describes. Returns `None` if the field is unchanged.
pub(super) fn set_or_cleared<T>(field: &Change<T>) -> Option<Value> {
    match field {
        Change::Keep => None,
        Change::Clear => Some("cleared".into()),
        Change::Set(_) => Some("set".into()),
    }
}

/// Describes a `bot` setting: the name of the bot, or its kind and configuration.
pub(super) fn bot_for_audit(bot: &Value) -> Value {
    match bot {
        Value::Object(settings) => {
            let mut described = config_for_audit(bot);
            let kind = settings.get("kind").cloned().unwrap_or_default();
            described.insert("kind".to_owned(), kind);
            Value::Object(described)
        }
        name => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn audit_entry_of_a_configuration_omits_values_and_paths() {
        let config = json!({
            "base_url": "https://user:secret@models.example:8443/v1?key=secret",
            "model": "m",
        });
        let described = json!({
            "config_keys": ["base_url", "model"],
            "hosts": {"base_url": "models.example:8443"},
        });
        assert_eq!(Value::Object(config_for_audit(&config)), described);
    }
}
