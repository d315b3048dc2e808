//! The WebChat platform. It is local: a stored message counts as sent.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use unicom_core::{
    Platform,
    platform::{Capabilities, ChannelError, DeliveryError, DeliveryJob, DeliveryReceipt},
};
use unicom_models::PlatformKind;

/// The web chat platform. Its readers read messages from unicom's database.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebChat;

impl WebChat {
    /// The name of the platform.
    pub const KIND: &str = "WebChat";
}

impl Platform for WebChat {
    fn kind(&self) -> PlatformKind {
        Self::KIND.into()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { local: true }
    }

    /// Validates the settings `new_chat` and `bot_name`. There is no external service to ask (seed
    /// 5.2).
    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        match config.get("new_chat").map(Value::as_str) {
            None | Some(Some("always" | "default")) => {}
            Some(_) => {
                return Err(ChannelError(
                    "`new_chat` must be `default` or `always`".to_owned(),
                ));
            }
        }
        match config.get("bot_name") {
            None | Some(Value::String(_)) => Ok(()),
            Some(_) => Err(ChannelError("`bot_name` must be a string".to_owned())),
        }
    }

    fn deliver(&self, _: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryError>> {
        std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
    }
}
