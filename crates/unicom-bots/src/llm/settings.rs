//! The settings of a language model.

use std::time::Duration;

use unicom_outbound::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use url::Url;

use crate::setting_reader::Settings;

const KNOWN: [&str; 9] = [
    "base_url",
    "model",
    "system_prompt",
    "mode",
    "depth",
    "api_key_env",
    "timeout_s",
    "temperature",
    "max_tokens",
];

/// Default of `depth`, the same as in the seed.
const DEPTH: u32 = 129;

/// The validated settings of a language model.
pub(super) struct LlmSettings {
    /// The address to call: `{base_url}/chat/completions`.
    pub(super) url: Url,
    pub(super) model: String,
    /// The system prompt. Empty if there is none.
    pub(super) system_prompt: String,
    pub(super) mode: Mode,
    /// Maximum number of messages that are sent to the model.
    pub(super) depth: i64,
    /// Maximum duration of a call.
    pub(super) timeout: Duration,
    pub(super) temperature: Option<f64>,
    pub(super) max_tokens: Option<u32>,
    /// The request headers. They contain the key, if there is one.
    pub(super) headers: HeaderMap,
    /// The key. It must not appear in errors.
    pub(super) key: Option<String>,
}

/// Which messages are sent to the model.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    /// The messages of the chat.
    Chat,
    /// The message, the message that it replies to, and so on.
    Thread,
}

impl LlmSettings {
    pub(super) fn read(settings: Settings<'_>) -> Result<Self, String> {
        settings.only(&KNOWN)?;
        let url = completions(settings.url("base_url", "https://api.openai.com/v1")?);
        let model = settings.text("model", 200)?;
        let model = model.ok_or("`model` is missing: expected the name of a model")?;
        let key = key(settings, &url)?;
        Ok(Self {
            url,
            model: model.to_owned(),
            system_prompt: settings
                .text("system_prompt", 20_000)?
                .unwrap_or_default()
                .to_owned(),
            mode: mode(settings)?,
            depth: settings.whole("depth", 1..=200)?.unwrap_or(DEPTH).into(),
            // The pipeline gives a bot 60 s by default. Reading files and storing answers count,
            // too.
            timeout: settings.seconds("timeout_s", 1..=55, 50)?,
            temperature: settings.number("temperature", 0.0..=2.0)?,
            max_tokens: settings.whole("max_tokens", 1..=1_000_000)?,
            headers: headers(key.as_deref())?,
            key,
        })
    }
}

fn completions(mut base: Url) -> Url {
    // This fails only for addresses without a host, which were refused before.
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty().extend(["chat", "completions"]);
    }
    base
}

fn mode(settings: Settings<'_>) -> Result<Mode, String> {
    let refused = "`mode` must be `chat` or `thread`";
    match settings.text("mode", 10).map_err(|_| refused)? {
        None | Some("chat") => Ok(Mode::Chat),
        Some("thread") => Ok(Mode::Thread),
        Some(_) => Err(refused.to_owned()),
    }
}

fn key(settings: Settings<'_>, url: &Url) -> Result<Option<String>, String> {
    match settings.secret("api_key_env", url)? {
        Some(key) if key.trim().is_empty() => {
            Err("`api_key_env`: the variable must hold a key, and is empty".to_owned())
        }
        key => Ok(key.map(|key| key.trim().to_owned())),
    }
}

fn headers(key: Option<&str>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
            "`api_key_env`: the variable must hold a key that a header can carry".to_owned()
        })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}
