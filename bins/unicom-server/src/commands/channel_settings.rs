//! The settings of channels in the help of commands, from the JSON Schemas of the platforms.

use serde_json::{Map, Value};
use unicom_core::Platforms;
use unicom_core::platform::common_settings;
use unicom_models::PlatformKind;

use crate::most_like::most_like;

/// Returns a description of the settings of all platforms.
pub(super) fn settings_help(platforms: &Platforms) -> String {
    let common = common_settings();
    let is_common = |name: &str| common.iter().any(|(common, _)| *common == name);
    let mut help = "Settings of channels:".to_owned();
    for described in platforms.describe() {
        let schema = &described.config_schema;
        let required = schema["required"].as_array().into_iter().flatten();
        let required: Vec<&str> = required.filter_map(Value::as_str).collect();
        let own: Vec<_> = settings(schema)
            .filter(|(name, _)| !is_common(name))
            .collect();
        help.push_str(&format!("\n  {}", described.platform));
        if own.is_empty() {
            help.push_str(" has none of its own");
        }
        for (name, schema) in own {
            help.push_str(&line(name, schema, required.contains(&name.as_str())));
        }
    }
    help.push_str("\n  Every platform");
    for (name, schema) in &common {
        help.push_str(&line(name, schema, false));
    }
    help
}

/// Returns a setting in `config` that the platform does not have, and the one that was probably
/// meant.
pub(super) fn misspelt(
    platforms: &Platforms,
    platform: &PlatformKind,
    config: &Value,
) -> Option<(String, String)> {
    let described = platforms.describe();
    let described = described.iter().find(|one| one.platform == *platform)?;
    let known = settings(&described.config_schema).map(|(name, _)| name.clone());
    let known: Vec<String> = known.collect();
    let given = config.as_object().into_iter().flat_map(Map::keys);
    let mut unknown = given.filter(|name| !known.contains(name));
    unknown.find_map(|name| Some((name.clone(), most_like(name, known.clone())?)))
}

fn settings(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// Returns the line of one setting.
fn line(name: &str, schema: &Value, is_required: bool) -> String {
    let description = schema["description"].as_str().unwrap_or_default();
    let required = if is_required { " Required." } else { "" };
    let choices = schema["enum"].as_array().into_iter().flatten();
    let choices: Vec<&str> = choices.filter_map(Value::as_str).collect();
    let choices = match choices.is_empty() {
        true => String::new(),
        false => format!(" One of {}.", choices.join(", ")),
    };
    format!("\n    {name}: {description}{choices}{required}")
}
