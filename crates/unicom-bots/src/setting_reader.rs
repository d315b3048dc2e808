//! Reads a bot's settings. Errors are sentences that say which values are allowed.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use unicom_core::json_error::sentence;
use unicom_outbound::{BoundSecrets, Outbound, SecretError};
use url::Url;

/// Prefix of the environment variables that a bot's settings may name.
pub(crate) const SECRET_PREFIX: &str = "UNICOM_BOT_";

/// Parses the settings of a bot.
pub(crate) fn read<T: DeserializeOwned>(config: &Map<String, Value>) -> Result<T, String> {
    serde_path_to_error::deserialize(config).map_err(sentence)
}

/// An integer from `LEAST` to `MOST`. It is `DEFAULT` if the setting is missing or null.
#[derive(Serialize)]
pub(crate) struct Integer<const LEAST: u32, const MOST: u32, const DEFAULT: u32 = LEAST>(
    pub(crate) u32,
);

impl<const LEAST: u32, const MOST: u32, const DEFAULT: u32> Default
    for Integer<LEAST, MOST, DEFAULT>
{
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de, const LEAST: u32, const MOST: u32, const DEFAULT: u32> Deserialize<'de>
    for Integer<LEAST, MOST, DEFAULT>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Self::default());
        }
        value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (LEAST..=MOST).contains(number))
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format_args!("must be an integer from {LEAST} to {MOST}"))
            })
    }
}

/// A string of 1 to `LONGEST` characters that are not only white space.
pub(crate) struct Text<const LONGEST: usize>(pub(crate) String);

impl<'de, const LONGEST: usize> Deserialize<'de> for Text<LONGEST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if !text.trim().is_empty() && text.chars().count() <= LONGEST => {
                Ok(Self(text))
            }
            _ => Err(D::Error::custom(format_args!(
                "must be a string of 1 to {LONGEST} characters"
            ))),
        }
    }
}

/// Deserialises a URL.
pub(crate) fn web_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = Value::deserialize(deserializer)?;
    let url = text.as_str().and_then(|text| Url::parse(text).ok());
    url.ok_or_else(|| D::Error::custom("must be a web address such as `https://example.org/v1`"))
}

/// Checks that the URL of a setting may be called, as far as this is possible without looking up
/// its name.
pub(crate) fn check_url(name: &str, url: &Url, outbound: &Outbound) -> Result<(), String> {
    outbound
        .check(url)
        .map_err(|error| format!("`{name}`: {error}"))
}

/// Returns the value of the environment variable that a setting names. The variable must be bound
/// to the host of `url`, which is called with it.
pub(crate) fn secret(
    name: &str,
    variable: &str,
    url: &Url,
    secrets: &BoundSecrets,
) -> Result<String, String> {
    secrets.get(variable, url).map_err(|error| match error {
        SecretError::Name { .. } => format!("`{name}` {error}"),
        error => format!("`{name}`: {error}"),
    })
}
