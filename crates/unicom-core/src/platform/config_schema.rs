//! JSON Schemas of the configuration of channels.

use serde::Serialize;
use serde_json::{Map, Value, json};
use unicom_models::PlatformKind;

use super::{Capabilities, Platforms};
use crate::retention::LONGEST_DAYS;

/// A platform as described to people and programs that configure channels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct PlatformDescription {
    /// The name of the platform, as in a channel's `platform`.
    pub platform: PlatformKind,
    /// The capabilities of the platform.
    pub capabilities: Capabilities,
    /// The JSON Schema (2020-12) of a channel's `config`: the settings of the platform, and those
    /// of every channel.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub config_schema: Value,
}

impl Platforms {
    /// Describes the registered platforms, in alphabetical order.
    ///
    /// ```
    /// use unicom_core::Platforms;
    /// use unicom_testing::FakePlatform;
    ///
    /// let platforms = Platforms::default().with(FakePlatform::default());
    /// let described = platforms.describe();
    /// assert_eq!(described[0].platform.as_str(), "Fake");
    /// let settings = &described[0].config_schema["properties"];
    /// assert!(settings["token"].is_object() && settings["bot"].is_object());
    /// ```
    pub fn describe(&self) -> Vec<PlatformDescription> {
        let describe = |platform: &PlatformKind| {
            let registered = self.registered.get(platform)?;
            Some(PlatformDescription {
                platform: platform.clone(),
                capabilities: registered.capabilities(),
                config_schema: with_common_settings(registered.config_schema()),
            })
        };
        self.registered.keys().filter_map(describe).collect()
    }
}

/// Adds the settings of every channel to the schema of a platform's settings.
fn with_common_settings(mut schema: Value) -> Value {
    let common: Map<String, Value> = common_settings()
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    if let Some(schema) = schema.as_object_mut() {
        let properties = schema.entry("properties").or_insert_with(|| json!({}));
        if let Some(properties) = properties.as_object_mut() {
            properties.extend(common);
        }
    }
    schema
}

/// Returns the names and JSON Schemas of the settings that unicom reads on channels of every
/// platform.
pub fn common_settings() -> [(&'static str, Value); 3] {
    [
        (
            "bot",
            json!({
                "description": "The bot that answers: a name, or an object with the bot's `kind` \
                                and settings. Without it, no bot answers.",
                "type": ["string", "object", "null"],
            }),
        ),
        (
            "bot_name",
            json!({
                "description": "The sender name of bots. Defaults to the channel's name.",
                "type": ["string", "null"],
            }),
        ),
        (
            "retention_days",
            json!({
                "description": "The number of days after which messages are deleted. Without it, \
                                messages are kept.",
                "type": ["integer", "null"],
                "minimum": 1,
                "maximum": LONGEST_DAYS,
            }),
        ),
    ]
}
