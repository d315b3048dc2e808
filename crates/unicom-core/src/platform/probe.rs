//! Asking the provider of a channel whether the channel can work.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;
use unicom_models::Channel;

use super::{ChannelError, Platforms};
use crate::CoreError;

/// Maximum time that a provider may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Maximum length in characters of a provider's words.
const LONGEST_REFUSAL: usize = 500;

/// What the check of a channel at its provider has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probed {
    /// The address to which the provider has confirmed to make its calls.
    pub webhook_url: Option<String>,
}

impl Probed {
    /// Sets the address to which the provider has confirmed to make its calls.
    #[must_use]
    pub fn with_webhook_url(self, url: String) -> Self {
        Self {
            webhook_url: Some(url),
        }
    }
}

impl Platforms {
    /// Asks the provider of a channel whether the channel can work. No transaction may be open
    /// meanwhile: the provider may take 15 s to answer.
    ///
    /// # Errors
    /// [`CoreError::ProbeFailed`] if it cannot work, with the words of the provider without the
    /// channel's secrets, or if the platform does not answer in time or panics.
    /// [`CoreError::UnknownPlatform`] if the platform is not registered.
    pub async fn probe(&self, channel: Channel) -> Result<Probed, CoreError> {
        self.probe_within(TIMEOUT, channel).await
    }

    async fn probe_within(&self, time: Duration, channel: Channel) -> Result<Probed, CoreError> {
        let platform = self.get(&channel.platform)?;
        let kind = channel.platform.clone();
        let asked = channel.clone();
        // Called inside the block, so that a panic before it returns a future is caught too.
        let asked = AssertUnwindSafe(async { platform.probe(asked).await }).catch_unwind();
        let refused = match timeout(time, asked).await {
            Ok(Ok(Ok(probed))) => return Ok(probed),
            Ok(Ok(Err(ChannelError(said)))) => self.quote(&said, &channel),
            Ok(Err(_)) => format!("the check of platform `{kind}` failed; the log says why"),
            Err(_) => format!(
                "the provider of platform `{kind}` did not answer within {} s",
                time.as_secs_f32()
            ),
        };
        Err(CoreError::ProbeFailed(refused))
    }

    /// Returns a provider's words about a channel as admins may read them: without the channel's
    /// secrets, short, and on one line.
    pub fn quote(&self, said: &str, channel: &Channel) -> String {
        quoted(&self.mask_in(said, &channel.platform, &channel.config))
    }
}

/// Returns a provider's words on one line, without NUL, and without what exceeds the maximum
/// length.
fn quoted(said: &str) -> String {
    let is_break = |character: char| character.is_control() || character.is_whitespace();
    let words = said.split(is_break).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_REFUSAL) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::BoxFuture;
    use serde_json::Value;
    use unicom_models::{ChannelId, PlatformKind, UtcTime};

    use super::*;
    use crate::Platform;
    use crate::platform::{DeliveryFailure, DeliveryJob, DeliveryReceipt};

    /// A platform that panics for channels with this name, and never answers for others.
    #[derive(Debug)]
    struct Broken(&'static str);

    impl Platform for Broken {
        fn kind(&self) -> PlatformKind {
            "Broken".into()
        }

        fn validate_channel(&self, _: &Value) -> Result<(), ChannelError> {
            Ok(())
        }

        fn probe(&self, channel: Channel) -> BoxFuture<'_, Result<Probed, ChannelError>> {
            assert_ne!(channel.name, self.0);
            std::future::pending().boxed()
        }

        fn deliver(
            &self,
            _: DeliveryJob,
        ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
            std::future::pending().boxed()
        }
    }

    #[tokio::test]
    async fn silence_and_panics_are_refusals() {
        let platforms = Platforms::default().with(Broken("panic"));
        for (name, said) in [
            (
                "panic",
                "the check of platform `Broken` failed; the log says why",
            ),
            (
                "silence",
                "the provider of platform `Broken` did not answer within 0.5 s",
            ),
        ] {
            let kind = "Broken".into();
            let channel = Channel::new(ChannelId(7), kind, name.to_owned(), UtcTime::BEGINNING);
            let time = Duration::from_millis(500);
            let error = platforms.probe_within(time, channel).await.unwrap_err();
            assert_eq!(error.code(), "invalid_body");
            assert_eq!(
                error.to_string(),
                format!("the channel cannot work: {said}")
            );
        }
        assert_eq!(TIMEOUT.as_secs_f32().to_string(), "15");
    }
}
