//! [`WebSettings`]: how pages of other sites use a channel.

mod public_key;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use unicom_models::Channel;

/// The name of the setting.
pub(crate) const WEB: &str = "web";

/// The prefix of every channel key.
const KEY_PREFIX: &str = "wk_";

/// Length of a channel key after its prefix, in characters.
const KEY_LENGTH: usize = 22;

/// Maximum number of origins of a channel.
const MOST_ORIGINS: usize = 100;

/// Maximum number of keys of an issuer: the present one, and one more during a rotation.
const MOST_IDENTITY_KEYS: usize = 2;

/// Maximum length of an issuer's name and of a key's id, in characters.
const LONGEST_NAME: usize = 128;

/// The longest time for which an identity token may be valid, in seconds: 30 days.
const MOST_AGE_S: u32 = 30 * 24 * 60 * 60;

/// The setting `web` of a channel: how pages of other sites use it. Visitors of such pages have
/// tokens in the place of cookies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct WebSettings {
    /// The public name of the channel, which pages name. It can be replaced.
    pub key: ChannelKey,
    /// The sites whose pages may use the channel.
    #[serde(default)]
    pub origins: Vec<SiteOrigin>,
    /// Whether visitors may write without being identified by their site. Defaults to `true`.
    #[serde(default = "yes")]
    pub guests: bool,
    /// How a site identifies its users. By default it does not.
    pub identity: Option<IdentitySettings>,
}

/// How a site identifies its users: by JSON Web Tokens (RFC 7519) that it signs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IdentitySettings {
    /// Whether visitors must be identified. Defaults to optional.
    #[serde(default)]
    pub mode: IdentityMode,
    /// The name of the site's user base. A user of it is the same person on every channel that
    /// names it.
    pub issuer: String,
    /// The keys whose signatures are accepted, at most two.
    pub keys: Vec<IdentityKey>,
    /// Maximum time from `iat` to `exp` in a token, in seconds. Defaults to a day.
    #[serde(default = "a_day")]
    pub max_age_s: u32,
    /// Whether what a guest has written becomes the user's. Defaults to `true`.
    #[serde(default = "yes")]
    pub merge_guest: bool,
    /// Whether an e-mail address that the site has verified links the user to the member with that
    /// address. Defaults to `false`.
    #[serde(default)]
    pub trust_email: bool,
}

/// Whether a site identifies its visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum IdentityMode {
    /// Tokens of the site are refused.
    Off,
    /// Visitors are guests until the site identifies them.
    #[default]
    Optional,
    /// Only visitors whom the site has identified may read and write.
    Required,
}

/// A key that verifies the signatures of a site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IdentityKey {
    /// The id of the key, which tokens name in their header.
    pub kid: String,
    /// The algorithm of the signatures.
    pub alg: IdentityAlgorithm,
    /// The public key in PEM, for `ES256` and `EdDSA`. The secret of an `HS256` key follows from
    /// the server's secret key, the channel's key and the key's id, and is stored nowhere.
    pub public_key: Option<String>,
}

/// The algorithm of a signature (RFC 7518, 3.1; RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum IdentityAlgorithm {
    /// HMAC with SHA-256 and a secret that the site and the server share.
    #[serde(rename = "HS256")]
    Hs256,
    /// ECDSA with P-256 and SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// The public name of a channel in pages: `wk_` and 22 letters, digits, `-` or `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelKey(String);

/// The origin of a site (RFC 6454), or those of all names directly below a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteOrigin {
    scheme: String,
    /// The host, without the leading `*.` of a pattern.
    host: String,
    port: u16,
    is_pattern: bool,
}

/// The error for a text that is no channel key or no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidWebSetting(String);

fn yes() -> bool {
    true
}

fn a_day() -> u32 {
    24 * 60 * 60
}

impl WebSettings {
    /// Returns the settings of a channel, or `None` if pages of other sites do not use it.
    pub fn of(channel: &Channel) -> Option<Self> {
        let settings = channel.config.get(WEB).filter(|value| !value.is_null())?;
        match Self::deserialize(settings) {
            Ok(settings) => Some(settings),
            Err(error) => {
                log::error!(
                    "the setting `{WEB}` of channel {} is invalid: {error}",
                    channel.id
                );
                None
            }
        }
    }

    /// Returns `true` if pages of this origin, as in an `Origin` header, may use the channel.
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed.includes(origin))
    }

    /// Returns how visitors are identified: not at all by default.
    pub fn identity_mode(&self) -> IdentityMode {
        let identity = self.identity.as_ref();
        identity.map_or(IdentityMode::Off, |identity| identity.mode)
    }

    /// Returns `true` if visitors may read and write without being identified.
    pub fn allows_guests(&self) -> bool {
        self.guests && self.identity_mode() != IdentityMode::Required
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.origins.len() > MOST_ORIGINS {
            return Err(format!(
                "`{WEB}.origins` must have at most {MOST_ORIGINS} entries"
            ));
        }
        match &self.identity {
            Some(identity) => identity.check(),
            None => Ok(()),
        }
    }

    /// Returns the JSON Schema of the setting.
    pub(crate) fn schema() -> Value {
        let name = json!({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME});
        json!({
            "description": "How pages of other sites use the channel, with tokens in the place \
                            of cookies. `unicom widget` sets it.",
            "type": ["object", "null"],
            "properties": {
                "key": {
                    "description": "The public name of the channel in pages.",
                    "type": "string",
                    "pattern": format!("^{KEY_PREFIX}[A-Za-z0-9_-]{{{KEY_LENGTH}}}$"),
                },
                "origins": {
                    "description": "The sites, such as `https://shop.example` or \
                                    `https://*.shop.example`. http is for this machine only.",
                    "type": "array",
                    "maxItems": MOST_ORIGINS,
                    "items": {"type": "string"},
                    "default": [],
                },
                "guests": {
                    "description": "Whether visitors may write without being identified.",
                    "type": "boolean",
                    "default": true,
                },
                "identity": {
                    "description": "How a site identifies its users: by JSON Web Tokens that it \
                                    signs.",
                    "type": ["object", "null"],
                    "properties": {
                        "mode": {
                            "description": "Whether visitors must be identified.",
                            "enum": ["off", "optional", "required"],
                            "default": "optional",
                        },
                        "issuer": name,
                        "keys": {
                            "description": "The keys whose signatures are accepted. The secret \
                                            of an HS256 key is not part of the configuration.",
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST_IDENTITY_KEYS,
                            "items": {
                                "type": "object",
                                "properties": {
                                    "kid": name,
                                    "alg": {"enum": ["HS256", "ES256", "EdDSA"]},
                                    "public_key": {
                                        "description": "The public key in PEM, for ES256 and \
                                                        EdDSA.",
                                        "type": ["string", "null"],
                                    },
                                },
                                "required": ["kid", "alg"],
                                "additionalProperties": false,
                            },
                        },
                        "max_age_s": {
                            "description": "Maximum time from `iat` to `exp` in a token, in \
                                            seconds.",
                            "type": "integer",
                            "minimum": 60,
                            "maximum": MOST_AGE_S,
                            "default": a_day(),
                        },
                        "merge_guest": {
                            "description": "Whether what a guest has written becomes the user's.",
                            "type": "boolean",
                            "default": true,
                        },
                        "trust_email": {
                            "description": "Whether a verified e-mail address links the user to \
                                            the member with that address.",
                            "type": "boolean",
                            "default": false,
                        },
                    },
                    "required": ["issuer", "keys"],
                    "additionalProperties": false,
                },
            },
            "required": ["key"],
            "additionalProperties": false,
        })
    }
}

impl IdentitySettings {
    fn check(&self) -> Result<(), String> {
        check_name("issuer", &self.issuer)?;
        if !(1..=MOST_IDENTITY_KEYS).contains(&self.keys.len()) {
            return Err(format!(
                "`{WEB}.identity.keys` must have 1 to {MOST_IDENTITY_KEYS} entries"
            ));
        }
        if !(60..=MOST_AGE_S).contains(&self.max_age_s) {
            return Err(format!(
                "`{WEB}.identity.max_age_s` must be an integer from 60 to {MOST_AGE_S}"
            ));
        }
        for (index, key) in self.keys.iter().enumerate() {
            check_name(&format!("keys[{index}].kid"), &key.kid)?;
            if self.keys[..index].iter().any(|other| other.kid == key.kid) {
                return Err(format!("`{WEB}.identity.keys` has two keys `{}`", key.kid));
            }
            let is_shared = key.alg == IdentityAlgorithm::Hs256;
            if is_shared == key.public_key.is_some() {
                return Err(format!(
                    "`{WEB}.identity.keys[{index}].public_key` must be given for ES256 and EdDSA, \
                     and only for them"
                ));
            }
            if !is_shared && let Err(problem) = key.public_key_bytes() {
                return Err(format!(
                    "`{WEB}.identity.keys[{index}].public_key` of the key `{}` {problem}",
                    key.kid
                ));
            }
        }
        Ok(())
    }
}

fn check_name(setting: &str, name: &str) -> Result<(), String> {
    let is_allowed =
        (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    is_allowed.then_some(()).ok_or_else(|| {
        format!(
            "`{WEB}.identity.{setting}` must have 1 to {LONGEST_NAME} characters, none of them a \
             control character"
        )
    })
}

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

impl SiteOrigin {
    /// Returns `true` if `origin`, as in an `Origin` header, is this one or one that the pattern
    /// stands for. `https://*.shop.example` stands for `https://www.shop.example`, but neither for
    /// `https://shop.example` nor for `https://a.www.shop.example`.
    pub fn includes(&self, origin: &str) -> bool {
        let Some((scheme, host, port)) = parts(origin) else {
            return false;
        };
        if scheme != self.scheme || port != self.port {
            return false;
        }
        match self.is_pattern {
            true => host
                .split_once('.')
                .is_some_and(|(label, rest)| !label.is_empty() && rest == self.host),
            false => self.host == host,
        }
    }
}

/// The longest host name (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 253;

/// Returns scheme, host and port of an origin as browsers write it (RFC 6454, 6.2).
fn parts(origin: &str) -> Option<(String, String, u16)> {
    let origin = origin.to_ascii_lowercase();
    let (scheme, authority) = origin.split_once("://")?;
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            (format!("[{}]", address.parse::<Ipv6Addr>().ok()?), rest)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (name, rest) = authority.split_at(end);
            (name.to_owned(), is_host_name(name).then_some(rest)?)
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        None if port.is_empty() => default,
        _ => return None,
    };
    Some((scheme.to_owned(), host, port))
}

/// Returns `true` if this is a host name in ASCII, or an IPv4 address.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_allowed)
    };
    name.len() <= LONGEST_HOST && name.split('.').all(is_label)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Returns `true` if the host is a name and not an address.
fn is_name(host: &str) -> bool {
    !host.starts_with('[') && host.parse::<Ipv4Addr>().is_err()
}

impl FromStr for SiteOrigin {
    type Err = InvalidWebSetting;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |problem: &str| {
            let text: String = text.chars().take(200).collect();
            Err(InvalidWebSetting(format!(
                "invalid origin `{text}`: {problem}"
            )))
        };
        let without_pattern = text.replacen("://*.", "://", 1);
        let is_pattern = without_pattern != text;
        let Some((scheme, host, port)) = parts(&without_pattern) else {
            let problem = match (text.contains('*'), text.is_ascii()) {
                (true, _) => {
                    "`*` stands only for the whole first label, as in `https://*.shop.example`"
                }
                (false, false) => {
                    "write the host as browsers send it, as in `https://xn--caf-dma.example`"
                }
                (false, true) => "expected `https://shop.example` or `https://*.shop.example`",
            };
            return invalid(problem);
        };
        if is_pattern && !(is_name(&host) && host.contains('.')) {
            return invalid(
                "a pattern must name a domain with a dot, as in `https://*.shop.example`",
            );
        }
        if scheme == "http" && !is_loopback(&host) {
            return invalid("http is for localhost and loopback addresses only");
        }
        Ok(Self {
            scheme,
            host,
            port,
            is_pattern,
        })
    }
}

impl fmt::Display for SiteOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = if self.is_pattern { "*." } else { "" };
        write!(f, "{}://{pattern}{}", self.scheme, self.host)?;
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => Ok(()),
            (_, port) => write!(f, ":{port}"),
        }
    }
}

/// Implements `Deserialize` by `FromStr`.
fn parse<'de, D: Deserializer<'de>, T: FromStr<Err = InvalidWebSetting>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

impl<'de> Deserialize<'de> for ChannelKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(deserializer)
    }
}

impl<'de> Deserialize<'de> for SiteOrigin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> SiteOrigin {
        text.parse().unwrap()
    }

    #[test]
    fn an_origin_includes_itself_only() {
        let shop = origin("https://shop.example");
        for same in [
            "https://shop.example",
            "https://shop.example:443",
            "https://SHOP.example",
        ] {
            assert!(shop.includes(same), "{same}");
        }
        for other in [
            "https://www.shop.example",
            "https://evilshop.example",
            "https://shop.example.evil",
            "https://shop.example:8443",
            "http://shop.example",
            "https://shop.example/",
            "https://shop.example@evil.example",
            "https://shop.example:",
            "https://shop.example:+443",
            "https://shop.example.",
            "https://shop.example\\.evil.example",
            "https://shop.example%00",
            "https://evil.example#https://shop.example",
            "null",
            "",
        ] {
            assert!(!shop.includes(other), "{other}");
        }
    }

    #[test]
    fn a_pattern_stands_for_one_label() {
        let shops = origin("https://*.shop.example");
        assert_eq!(shops.to_string(), "https://*.shop.example");
        assert!(shops.includes("https://www.shop.example"));
        for other in [
            "https://shop.example",
            "https://a.www.shop.example",
            "https://evilshop.example",
            "https://www.shop.example.evil",
            "https://www.shop.example:8443",
            "https://.shop.example",
            "http://www.shop.example",
            "null",
        ] {
            assert!(!shops.includes(other), "{other}");
        }
    }

    #[test]
    fn http_is_for_this_machine() {
        for here in [
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:8080",
        ] {
            assert!(origin(here).includes(here), "{here}");
        }
        for wrong in [
            "http://shop.example",
            "https://*",
            "https://*.example",
            "https://w*.shop.example",
            "https://*.*.shop.example",
            "https://shop.example/chat",
            "https://café.example",
            "https://*.10.0.0.1",
            "https://*.[::1]",
            "https://[::1",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "shop.example",
            "*",
            "null",
        ] {
            assert!(wrong.parse::<SiteOrigin>().is_err(), "{wrong}");
        }
    }

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
