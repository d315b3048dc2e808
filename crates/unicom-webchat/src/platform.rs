//! The WebChat platform: local, so that a stored message is a sent one.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use unicom_core::{
    Platform,
    platform::{Capabilities, ChannelError, DeliveryError, DeliveryJob, DeliveryReceipt},
};
use unicom_models::PlatformKind;

/// The web chat. Its readers read from unicom's own database.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebChat;

impl WebChat {
    /// The platform's name.
    pub const KIND: &str = "WebChat";
}

impl Platform for WebChat {
    fn kind(&self) -> PlatformKind {
        Self::KIND.into()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { local: true }
    }

    /// Nothing outside needs to be asked (seed 5.2); only what the channel's own switches may say is checked.
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
            Some(_) => Err(ChannelError("`bot_name` must be a text".to_owned())),
        }
    }

    fn deliver(&self, _: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryError>> {
        std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
    }
}
