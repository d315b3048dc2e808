//! The settings of a webhook.

use serde::Deserialize;
use serde_json::{Map, Value};
use unicom_outbound::{BoundSecrets, Outbound};
use url::Url;

use super::signing::SigningSecrets;
use crate::setting_reader::{self, Integer, check_url, web_address};

/// The settings of a webhook.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookSettings {
    #[serde(deserialize_with = "web_address")]
    pub(super) url: Url,
    secret_env: String,
    /// Maximum duration of a call. The pipeline gives a bot 60 s by default. Storing answers
    /// counts, too.
    #[serde(default)]
    pub(super) timeout_s: Integer<1, 55, 10>,
    /// Maximum time until an answer through the API. Zero if none is allowed.
    #[serde(default)]
    pub(super) answer_within_s: Integer<0, 86_400>,
}

impl WebhookSettings {
    /// Parses and checks settings, and returns them with the secrets that they name.
    pub(super) fn read(
        config: &Map<String, Value>,
        outbound: &Outbound,
        secrets: &BoundSecrets,
    ) -> Result<(Self, SigningSecrets), String> {
        let settings: Self = setting_reader::read(config)?;
        check_url("url", &settings.url, outbound)?;
        // The secret is not sent, but another host could pass on the signatures that it receives.
        let (variable, url) = (&settings.secret_env, &settings.url);
        let secret = setting_reader::secret("secret_env", variable, url, secrets)?;
        let secrets = SigningSecrets::parse(&secret)
            .map_err(|problem| format!("`secret_env`: the variable must hold {problem}"))?;
        Ok((settings, secrets))
    }
}
