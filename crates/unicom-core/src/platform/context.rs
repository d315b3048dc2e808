//! [`PlatformContext`]: what a platform gets from the program it runs in.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use unicom_models::{Channel, ChannelId};

use super::{ChannelError, path_of};
use crate::secrets::{CHANNEL_SECRETS, Secrets};

type DeriveSecret = dyn Fn(ChannelId, &str) -> Result<String, ChannelError> + Send + Sync;

/// What a platform gets from the program it runs in. Cheap to clone. The default has the
/// environment of the process, but neither a public address nor secrets of webhooks.
#[derive(Clone)]
#[non_exhaustive]
pub struct PlatformContext {
    /// Secrets that settings of channels name.
    pub secrets: Secrets,
    base_url: Option<Arc<str>>,
    derive_secret: Arc<DeriveSecret>,
}

impl Default for PlatformContext {
    fn default() -> Self {
        Self {
            secrets: Secrets::from_env(CHANNEL_SECRETS),
            base_url: None,
            derive_secret: Arc::new(|_, _| {
                let reason = "this program has no key to derive the secrets of webhooks from";
                Err(ChannelError(reason.to_owned()))
            }),
        }
    }
}

impl PlatformContext {
    /// Sets the secrets that settings of channels may name. Defaults to the variables
    /// `UNICOM_CHANNEL_…` of the environment.
    #[must_use]
    pub fn with_secrets(self, secrets: Secrets) -> Self {
        Self { secrets, ..self }
    }

    /// Sets the public address of the routes, such as `https://chat.example.com/unicom`.
    #[must_use]
    pub fn with_base_url(self, base_url: &str) -> Self {
        Self {
            base_url: Some(base_url.trim_end_matches('/').into()),
            ..self
        }
    }

    /// Sets the function that derives the secret of a channel's webhook, such as
    /// `SecretKey::webhook_secret` of `unicom-auth`.
    #[must_use]
    pub fn with_webhook_secrets(
        self,
        derive: impl Fn(ChannelId, &str) -> Result<String, ChannelError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            derive_secret: Arc::new(derive),
            ..self
        }
    }

    /// Returns the public address of a channel's webhook. Returns `None` if the program does not
    /// know its public address.
    ///
    /// ```
    /// # use unicom_core::platform::PlatformContext;
    /// # use unicom_models::{Channel, ChannelId, UtcTime};
    /// let context = PlatformContext::default().with_base_url("https://chat.example.com/unicom");
    /// let (id, now) = (ChannelId(7), UtcTime::BEGINNING);
    /// let channel = Channel::new(id, "Sms".into(), "Hotline".into(), now);
    /// let url = context.webhook_url(&channel);
    /// assert_eq!(url.as_deref(), Some("https://chat.example.com/unicom/hooks/sms/7/"));
    /// ```
    pub fn webhook_url(&self, channel: &Channel) -> Option<String> {
        let base = self.base_url.as_ref()?;
        let platform = path_of(&channel.platform);
        Some(format!("{base}/hooks/{platform}/{}/", channel.id))
    }

    /// Returns the secret that the provider sends with the calls of a channel's webhook. It is
    /// stored nowhere: it follows from the server's key, the channel and `token`, the channel's
    /// secret at the provider. A new token leads to a new secret.
    ///
    /// # Errors
    /// [`ChannelError`] if the program has no key.
    pub fn webhook_secret(&self, channel: ChannelId, token: &str) -> Result<String, ChannelError> {
        (self.derive_secret)(channel, token)
    }
}

impl Debug for PlatformContext {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformContext")
            .field("base_url", &self.base_url)
            .field("secrets", &self.secrets)
            .finish_non_exhaustive()
    }
}
