//! [`ChannelKey`]: the public name of a channel in pages of other sites.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::invalid_web_setting::{InvalidWebSetting, parse};

/// The prefix of every channel key.
pub(super) const KEY_PREFIX: &str = "wk_";

/// Length of a channel key after its prefix, in characters.
pub(super) const KEY_LENGTH: usize = 22;

/// The public name of a channel in pages: `wk_` and 22 letters, digits, `-` or `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelKey(String);

impl ChannelKey {
    /// Creates a key from 128 random bits or more, in letters and digits.
    ///
    /// # Errors
    /// [`InvalidWebSetting`] if `random` has fewer than 22 characters, or others than letters,
    /// digits, `-` and `_`.
    pub fn from_random(random: &str) -> Result<Self, InvalidWebSetting> {
        let random: String = random.chars().take(KEY_LENGTH).collect();
        format!("{KEY_PREFIX}{random}").parse()
    }

    /// Returns the key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChannelKey {
    type Err = InvalidWebSetting;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_key = text.strip_prefix(KEY_PREFIX).is_some_and(|rest| {
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            rest.len() == KEY_LENGTH && rest.bytes().all(is_allowed)
        });
        is_key.then(|| Self(text.to_owned())).ok_or_else(|| {
            InvalidWebSetting(format!(
                "a channel key is `{KEY_PREFIX}` and {KEY_LENGTH} letters, digits, `-` or `_`"
            ))
        })
    }
}

impl fmt::Display for ChannelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ChannelKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_one_form() {
        let key = ChannelKey::from_random("0123456789abcdefABCDEF_-").unwrap();
        assert_eq!(key.as_str(), "wk_0123456789abcdefABCDEF");
        for wrong in [
            "",
            "wk_",
            "wk_0123456789abcdefABCDE",
            "0123456789abcdefABCDEF",
            "wk_0123456789abcdefABCDE\n",
        ] {
            assert!(wrong.parse::<ChannelKey>().is_err(), "{wrong:?}");
        }
    }
}
