//! The platform `Internal`. It is local: a stored message counts as sent.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use unicom_core::Platform;
use unicom_core::internal::platform_kind;
use unicom_core::platform::{
    Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt, read_settings,
};
use unicom_models::PlatformKind;

/// The platform of conversations that stay in unicom's database.
#[derive(Debug, Clone, Copy, Default)]
pub struct Internal;

impl Internal {
    /// Returns the name of the platform.
    pub fn kind() -> PlatformKind {
        platform_kind()
    }
}

/// The configuration of a channel: the settings that every channel has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(rename = "bot_name")]
    _bot_name: Option<String>,
    #[serde(rename = "bot")]
    _bot: Option<IgnoredAny>,
    #[serde(rename = "retention_days")]
    _retention_days: Option<IgnoredAny>,
}

impl Platform for Internal {
    fn kind(&self) -> PlatformKind {
        Self::kind()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::local()
    }

    fn config_schema(&self) -> Value {
        json!({ "type": "object", "additionalProperties": false })
    }

    /// Refuses unknown settings: a misspelt setting would have no effect.
    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        read_settings(config).map(|Settings { .. }| ())
    }

    fn deliver(&self, _: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
    }
}
