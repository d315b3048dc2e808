//! [`ShownChannel`]: a channel as people may see it.

use serde::Serialize;
use unicom_models::Channel;

use super::Platforms;

/// A channel as people may see it: with [`MASK`](crate::secrets::MASK) instead of its secret
/// settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ShownChannel {
    /// The channel.
    #[serde(flatten)]
    pub channel: Channel,
    /// The address that the channel's provider calls. `None` if the platform has no webhook, or if
    /// the server does not know its public address.
    pub webhook_url: Option<String>,
}

impl Platforms {
    /// Returns a channel as people may see it.
    pub fn show(&self, channel: Channel) -> ShownChannel {
        let platform = self.get(&channel.platform).ok();
        let has_webhook = platform.is_some_and(|platform| platform.webhook().is_some());
        let webhook_url = self.context.webhook_url(&channel);
        ShownChannel {
            channel: self.mask_secrets(channel),
            webhook_url: webhook_url.filter(|_| has_webhook),
        }
    }
}
