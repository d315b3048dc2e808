//! Reads a bot's settings. Errors are sentences that say which values are allowed.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value};
use unicom_outbound::{Outbound, SecretError, Secrets};
use url::Url;

/// Prefix of the environment variables that a bot's settings may name.
pub(crate) const SECRET_PREFIX: &str = "UNICOM_BOT_";

/// A bot's configuration and what is needed to read it.
#[derive(Clone, Copy)]
pub(crate) struct Settings<'a> {
    pub(crate) config: &'a Map<String, Value>,
    pub(crate) secrets: &'a Secrets,
    pub(crate) outbound: &'a Outbound,
}

impl<'a> Settings<'a> {
    /// Returns an error if there is a setting other than `known`: a misspelt setting would have no
    /// effect.
    pub(crate) fn only(self, known: &[&str]) -> Result<(), String> {
        let Some(unknown) = self
            .config
            .keys()
            .find(|name| !known.contains(&name.as_str()))
        else {
            return Ok(());
        };
        let choices: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        let choices = choices.join(", ");
        Err(format!("unknown setting `{unknown}`: expected {choices}"))
    }

    /// Returns the value of a setting. Null counts as not set.
    fn given(self, name: &str) -> Option<&'a Value> {
        self.config.get(name).filter(|value| !value.is_null())
    }

    /// Returns a string of 1 to `longest` characters, if it is set.
    pub(crate) fn text(self, name: &str, longest: usize) -> Result<Option<&'a str>, String> {
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        value
            .as_str()
            .filter(|text| !text.trim().is_empty() && text.chars().count() <= longest)
            .map(Some)
            .ok_or_else(|| format!("`{name}` must be a string of 1 to {longest} characters"))
    }

    /// Returns an integer, if it is set.
    pub(crate) fn whole(
        self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, String> {
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| range.contains(number))
            .map(Some)
            .ok_or_else(|| {
                let (least, most) = (range.start(), range.end());
                format!("`{name}` must be an integer from {least} to {most}")
            })
    }

    /// Returns a number, if it is set.
    pub(crate) fn number(
        self,
        name: &str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<f64>, String> {
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        value
            .as_f64()
            .filter(|number| range.contains(number))
            .map(Some)
            .ok_or_else(|| {
                let (least, most) = (range.start(), range.end());
                format!("`{name}` must be a number from {least} to {most}")
            })
    }

    /// Returns a number of seconds as a duration.
    pub(crate) fn seconds(
        self,
        name: &str,
        range: RangeInclusive<u32>,
        default: u32,
    ) -> Result<Duration, String> {
        let seconds = self.whole(name, range)?.unwrap_or(default);
        Ok(Duration::from_secs(seconds.into()))
    }

    /// Returns a URL that may be called, as far as this can be checked without looking up its name.
    pub(crate) fn url(self, name: &str, example: &str) -> Result<Url, String> {
        let expected = || format!("`{name}` must be a web address such as `{example}`");
        let text = self.given(name).ok_or_else(|| {
            format!("`{name}` is missing: expected a web address such as `{example}`")
        })?;
        let url = text.as_str().and_then(|text| Url::parse(text).ok());
        let url = url.ok_or_else(expected)?;
        self.outbound
            .check(&url)
            .map_err(|error| format!("`{name}`: {error}"))?;
        Ok(url)
    }

    /// Returns the value of the environment variable that the setting names, if it is set. The
    /// variable must be bound to the host of `url`, which is called with it.
    pub(crate) fn secret(self, name: &str, url: &Url) -> Result<Option<String>, String> {
        let Some(value) = self.given(name) else {
            return Ok(None);
        };
        let variable = value.as_str().unwrap_or_default();
        match self.secrets.get(variable, url) {
            Ok(secret) => Ok(Some(secret)),
            Err(error @ SecretError::Name { .. }) => Err(format!("`{name}` {error}")),
            Err(error) => Err(format!("`{name}`: {error}")),
        }
    }
}
