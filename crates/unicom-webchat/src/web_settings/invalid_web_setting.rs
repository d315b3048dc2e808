//! [`InvalidWebSetting`]: why a channel key or an origin is refused, also in a configuration.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// The error for a text that is no channel key or no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidWebSetting(pub(super) String);

/// Implements `Deserialize` by `FromStr`.
pub(super) fn parse<'de, D: Deserializer<'de>, T: FromStr<Err = InvalidWebSetting>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
