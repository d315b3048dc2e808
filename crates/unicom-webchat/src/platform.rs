//! The WebChat platform. It is local: a stored message counts as sent.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use unicom_core::{
    Platform,
    platform::{
        Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt, read_settings,
    },
};
use unicom_models::PlatformKind;

/// The web chat platform. Its readers read messages from unicom's database.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebChat;

impl WebChat {
    /// Returns the name of the platform.
    pub fn kind() -> PlatformKind {
        "WebChat".into()
    }
}

/// The configuration of a channel: the platform's settings and those that every channel has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(rename = "new_chat")]
    _new_chat: Option<NewChat>,
    #[serde(rename = "bot_name")]
    _bot_name: Option<String>,
    #[serde(rename = "bot")]
    _bot: Option<IgnoredAny>,
    #[serde(rename = "retention_days")]
    _retention_days: Option<IgnoredAny>,
}

/// Which chat a message goes to that names none.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum NewChat {
    /// The visitor's default chat.
    Default,
    /// A new one.
    Always,
}

impl Platform for WebChat {
    fn kind(&self) -> PlatformKind {
        Self::kind()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::local()
    }

    fn config_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "new_chat": {
                    "description": "The chat of a message that names none: the visitor's default \
                                    chat, or always a new one.",
                    "enum": ["default", "always", null],
                    "default": "default",
                },
            },
            "additionalProperties": false,
        })
    }

    /// Validates the settings `new_chat` and `bot_name`, and refuses unknown ones: a misspelt
    /// setting would have no effect. There is no external service to ask (seed 5.2).
    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        read_settings(config).map(|Settings { .. }| ())
    }

    fn deliver(&self, _: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
    }
}
