//! [`WebSettings`]: how pages of other sites use a channel.

mod channel_key;
mod invalid_web_setting;
mod public_key;
mod site_origin;

use serde::Deserialize;
use serde_json::{Value, json};
use unicom_models::Channel;

pub use channel_key::ChannelKey;
use channel_key::{KEY_LENGTH, KEY_PREFIX};
pub use invalid_web_setting::InvalidWebSetting;
pub use site_origin::SiteOrigin;

/// The name of the setting.
pub(crate) const WEB: &str = "web";

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
