//! The settings of a language model.

use std::time::Duration;

use bytes::Bytes;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use unicom_outbound::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use unicom_outbound::{BoundSecrets, Outbound, Post};
use url::Url;

use crate::setting_reader::{self, Integer, Text, check_url, web_address};

/// The settings of a language model.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LlmSettings {
    #[serde(deserialize_with = "web_address")]
    pub(super) base_url: Url,
    pub(super) model: Text<200>,
    pub(super) system_prompt: Option<Text<20_000>>,
    pub(super) mode: Option<Mode>,
    /// Maximum number of messages that are sent to the model. The default is the same as in the
    /// seed.
    #[serde(default)]
    pub(super) depth: Integer<1, 200, 129>,
    api_key_env: Option<String>,
    /// Maximum duration of a call, or of the silence in an answer that comes in pieces. The
    /// pipeline gives a bot 60 s by default. Reading files and storing answers count, too.
    #[serde(default)]
    pub(super) timeout_s: Integer<1, 55, 50>,
    #[serde(default, deserialize_with = "temperature")]
    pub(super) temperature: Option<f64>,
    pub(super) max_tokens: Option<Integer<1, 1_000_000>>,
    /// Whether the answer is shown while the model writes it.
    pub(super) stream: Option<bool>,
    /// Whether the model writes Markdown.
    pub(super) markdown: Option<bool>,
    /// The value of the variable `api_key_env`. It must not appear in errors.
    #[serde(skip)]
    pub(super) key: Option<String>,
}

/// Which messages are sent to the model.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mode {
    /// The messages of the chat.
    #[default]
    Chat,
    /// The message, the message that it replies to, and so on.
    Thread,
}

impl LlmSettings {
    /// Parses and checks settings, and reads the key.
    pub(super) fn read(
        config: &Map<String, Value>,
        outbound: &Outbound,
        secrets: &BoundSecrets,
    ) -> Result<Self, String> {
        let mut settings: Self = setting_reader::read(config)?;
        check_url("base_url", &settings.base_url, outbound)?;
        check_path(&settings.base_url)?;
        if let Some(variable) = &settings.api_key_env {
            let key = setting_reader::secret("api_key_env", variable, &settings.base_url, secrets)?;
            if key.trim().is_empty() {
                return Err("`api_key_env`: the variable must hold a key, and is empty".to_owned());
            }
            settings.key = Some(key.trim().to_owned());
        }
        settings.headers()?;
        Ok(settings)
    }

    /// Returns the address to call: `{base_url}/chat/completions`.
    pub(super) fn url(&self) -> Url {
        let mut url = self.base_url.clone();
        // This fails only for addresses without a host, which were refused before.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["chat", "completions"]);
        }
        url
    }

    /// Returns the maximum duration of a call, or of the silence in an answer in pieces.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s.0.into())
    }

    /// Returns a call with this body.
    pub(super) fn post(
        &self,
        body: Bytes,
        timeout: Duration,
        largest_answer: usize,
    ) -> Result<Post, String> {
        Ok(Post {
            url: self.url(),
            headers: self.headers()?,
            body,
            timeout,
            largest_answer,
        })
    }

    /// Returns the request headers. They contain the key, if there is one.
    pub(super) fn headers(&self) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &self.key {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
                "`api_key_env`: the variable must hold a key that a header can carry".to_owned()
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(headers)
    }
}

/// Endpoints of the API that are often pasted as part of `base_url`.
const ENDPOINTS: [&[&str]; 4] = [
    &["chat", "completions"],
    &["completions"],
    &["responses"],
    &["models"],
];

/// Checks that `base_url` does not end with an endpoint, which would be called as
/// `…/chat/completions/chat/completions`.
fn check_path(url: &Url) -> Result<(), String> {
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let Some(endpoint) = ENDPOINTS.iter().find(|end| segments.ends_with(end)) else {
        return Ok(());
    };
    let mut base = url.clone();
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty();
        for _ in 0..endpoint.len() {
            path.pop_if_empty().pop();
        }
    }
    Err(format!(
        "`base_url` must not contain the endpoint `/{}`, which is added to it: write `{base}`",
        endpoint.join("/")
    ))
}

fn temperature<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    match value.as_f64() {
        None if value.is_null() => Ok(None),
        Some(number) if (0.0..=2.0).contains(&number) => Ok(Some(number)),
        _ => Err(D::Error::custom("must be a number from 0 to 2")),
    }
}
