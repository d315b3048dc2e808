//! The settings of a webhook.

use std::time::Duration;

use url::Url;

use super::signing::SigningSecrets;
use crate::setting_reader::Settings;

const KNOWN: [&str; 4] = ["url", "secret_env", "timeout_s", "answer_within_s"];

/// The validated settings of a webhook.
pub(super) struct WebhookSettings {
    pub(super) url: Url,
    pub(super) secrets: SigningSecrets,
    /// Maximum duration of a call.
    pub(super) timeout: Duration,
    /// Maximum time until an answer through the API. Zero if none is allowed.
    pub(super) answer_within: Duration,
}

impl WebhookSettings {
    pub(super) fn read(settings: Settings<'_>) -> Result<Self, String> {
        settings.only(&KNOWN)?;
        let url = settings.url("url", "https://example.org/unicom")?;
        // The secret is not sent, but another host could pass on the signatures that it receives.
        let secret = settings.secret("secret_env", &url)?.ok_or_else(|| {
            format!(
                "`secret_env` is missing: expected the name of an environment variable of the form {}",
                settings.secrets.form()
            )
        })?;
        let secrets = SigningSecrets::parse(&secret)
            .map_err(|problem| format!("`secret_env`: the variable must hold {problem}"))?;
        Ok(Self {
            url,
            secrets,
            // The pipeline gives a bot 60 s by default. Storing answers counts, too.
            timeout: settings.seconds("timeout_s", 1..=55, 10)?,
            answer_within: settings.seconds("answer_within_s", 0..=86_400, 0)?,
        })
    }
}
