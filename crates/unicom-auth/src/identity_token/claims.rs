//! What a token says about a user.

use std::time::Duration;

use serde_json::{Map, Value};
use unicom_core::text::email_address;
use unicom_core::validation::check_display_name;
use unicom_models::{UtcTime, contains_nul};
use unicom_webchat::{ChannelKey, IdentitySettings};

use super::refused::Refused::{self, Expired, Invalid};
use crate::SecretKey;

/// By how much the clock of a site may differ.
const SKEW: Duration = Duration::from_secs(60);

/// Maximum length of `sub`, in characters.
const LONGEST_SUB: usize = 128;

/// Maximum length of `phone`, in characters.
const LONGEST_PHONE: usize = 32;

/// Maximum length of `locale`, in characters.
const LONGEST_LOCALE: usize = 35;

/// Maximum size of `custom` as compact JSON, in bytes.
const CUSTOM_BYTES: usize = 4 << 10;

/// Maximum nesting of objects and arrays in `custom`, including itself. It is part of the JSON of
/// responses and exports, and parsers in many languages accept at most 128 levels.
const DEEPEST_CUSTOM: usize = 64;

/// A user whom a site has identified. What it says about the user is verified only where it says
/// so.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IdentifiedUser {
    /// The site's id of the user, 1 to 128 characters.
    pub sub: String,
    /// The user's name, not empty, at most 255 characters.
    pub name: Option<String>,
    /// The user's e-mail address, in lower case.
    pub email: Option<String>,
    /// Whether the site has verified that the address is the user's. `false` without an address.
    pub email_verified: bool,
    /// The user's telephone number as the site has written it, not empty, at most 32 characters.
    pub phone: Option<String>,
    /// Whether the site has verified that the number is the user's. `false` without a number.
    pub phone_verified: bool,
    /// The user's language, such as `de` or `pt-BR`; not empty, at most 35 characters.
    pub locale: Option<String>,
    /// Other data about the user: a JSON object, at most 4 KiB.
    pub custom: Option<Value>,
    /// When the token expires. It may be up to 60 s ago, because clocks differ.
    pub expires_at: UtcTime,
}

impl IdentifiedUser {
    /// Returns the id of the user in account ids: `x_` and 40 hexadecimal digits. It is the same on
    /// all channels with the same issuer, and nothing about the user can be derived from it.
    pub fn user_id(&self, settings: &IdentitySettings, secret_key: &SecretKey) -> String {
        let code = secret_key.sign(
            "identified user",
            &format!("{}\0{}", settings.issuer, self.sub),
        );
        format!("x_{}", &code[..40])
    }
}

/// Returns the user whom the claims of a token with a right signature describe.
///
/// # Errors
/// [`Invalid`]; [`Expired`] if nothing else is wrong.
pub(super) fn user(
    mut claims: Map<String, Value>,
    settings: &IdentitySettings,
    channel: &ChannelKey,
    now: UtcTime,
) -> Result<IdentifiedUser, Refused> {
    check_audience(&claims, channel)?;
    if claims
        .get("iss")
        .is_some_and(|iss| iss.as_str() != Some(&settings.issuer))
    {
        return Err(Invalid("`iss` is not the issuer of the channel"));
    }
    let expires_at = expiry(&claims, settings, now)?;
    let sub = sub(&claims)?;
    let name = string(&claims, "name", "`name` is not a string")?;
    if let Some(name) = &name {
        check_display_name("name", name).map_err(|_| Invalid("`name` is too long or has NUL"))?;
    }
    let email = string(&claims, "email", "`email` is not a string")?
        .map(|email| email_address(&email).map_err(|_| Invalid("`email` is not an address")))
        .transpose()?;
    let phone = "`phone` must have at most 32 characters";
    let phone = text(&claims, "phone", LONGEST_PHONE, phone)?;
    let locale = "`locale` must have at most 35 characters";
    let locale = text(&claims, "locale", LONGEST_LOCALE, locale)?;
    let email_verified = flag(&claims, "email_verified")? && email.is_some();
    let phone_verified = flag(&claims, "phone_verified")? && phone.is_some();
    let custom = claims.remove("custom").filter(|custom| !custom.is_null());
    custom.as_ref().map_or(Ok(()), check_custom)?;
    if expires_at.plus(SKEW) <= now {
        return Err(Expired);
    }
    Ok(IdentifiedUser {
        sub,
        name,
        email,
        email_verified,
        phone,
        phone_verified,
        locale,
        custom,
        expires_at,
    })
}

/// A token of one channel is not valid on another, even with the same issuer.
fn check_audience(claims: &Map<String, Value>, channel: &ChannelKey) -> Result<(), Refused> {
    let audience = match claims.get("aud") {
        Some(Value::Array(entries)) => match entries.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        audience => audience,
    };
    match audience.and_then(Value::as_str) == Some(channel.as_str()) {
        true => Ok(()),
        false => Err(Invalid("`aud` is not the key of the channel")),
    }
}

/// Returns the time in `exp` if the claims about time are valid. It may be over.
fn expiry(
    claims: &Map<String, Value>,
    settings: &IdentitySettings,
    now: UtcTime,
) -> Result<UtcTime, Refused> {
    let issued = seconds(claims, "iat", "`iat` is not an integer")?;
    let expires = seconds(claims, "exp", "`exp` is not an integer")?;
    let (Some(issued), Some(expires)) = (issued, expires) else {
        return Err(Invalid("`iat` and `exp` are required"));
    };
    if issued > now.plus(SKEW) {
        return Err(Invalid("`iat` is in the future"));
    }
    if expires <= issued {
        return Err(Invalid("`exp` is not after `iat`"));
    }
    if expires.since(issued) > Duration::from_secs(settings.max_age_s.into()) {
        return Err(Invalid("`exp` is too long after `iat`"));
    }
    let begins = seconds(claims, "nbf", "`nbf` is not an integer")?;
    if begins.is_some_and(|begins| begins > now.plus(SKEW)) {
        return Err(Invalid("`nbf` is in the future"));
    }
    Ok(expires)
}

/// Returns a time that is given in seconds since 1970.
fn seconds(
    claims: &Map<String, Value>,
    name: &str,
    otherwise: &'static str,
) -> Result<Option<UtcTime>, Refused> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value.as_i64().filter(|seconds| *seconds >= 0);
    let micros = seconds.and_then(|seconds| seconds.checked_mul(1_000_000));
    let time = micros.and_then(UtcTime::from_micros);
    time.map(Some).ok_or(Invalid(otherwise))
}

fn sub(claims: &Map<String, Value>) -> Result<String, Refused> {
    let sub = claims.get("sub").and_then(Value::as_str);
    let is_allowed = |sub: &&str| {
        (1..=LONGEST_SUB).contains(&sub.chars().count())
            && !sub.chars().any(|c| c.is_control() || is_bidi_control(c))
    };
    sub.filter(is_allowed)
        .map(str::to_owned)
        .ok_or(Invalid("`sub` must have 1 to 128 visible characters"))
}

/// Returns `true` for characters that change the direction in which others are shown (UAX #9), so
/// that two different ids look the same.
fn is_bidi_control(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Returns an optional string. `null` and an empty string are none.
fn string(
    claims: &Map<String, Value>,
    name: &str,
    otherwise: &'static str,
) -> Result<Option<String>, Refused> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(Invalid(otherwise)),
    }
}

/// Returns an optional string of at most `longest` characters without control characters.
fn text(
    claims: &Map<String, Value>,
    name: &str,
    longest: usize,
    otherwise: &'static str,
) -> Result<Option<String>, Refused> {
    let text = string(claims, name, otherwise)?;
    let is_allowed =
        |text: &String| text.chars().count() <= longest && !text.chars().any(char::is_control);
    match text.as_ref().is_none_or(is_allowed) {
        true => Ok(text),
        false => Err(Invalid(otherwise)),
    }
}

/// Returns an optional Boolean value, `false` by default.
fn flag(claims: &Map<String, Value>, name: &str) -> Result<bool, Refused> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Invalid("what tells whether data is verified is no Boolean")),
    }
}

fn check_custom(custom: &Value) -> Result<(), Refused> {
    let is_small = serde_json::to_vec(custom).is_ok_and(|json| json.len() <= CUSTOM_BYTES);
    let is_valid = custom.is_object()
        && is_small
        && !contains_nul(custom)
        && is_at_most_as_deep(custom, DEEPEST_CUSTOM);
    match is_valid {
        true => Ok(()),
        false => Err(Invalid(
            "`custom` must be an object of at most 4 KiB and 64 levels",
        )),
    }
}

fn is_at_most_as_deep(value: &Value, levels: usize) -> bool {
    let inner = levels.checked_sub(1);
    let fits = |value: &Value| inner.is_some_and(|inner| is_at_most_as_deep(value, inner));
    match value {
        Value::Array(items) => inner.is_some() && items.iter().all(fits),
        Value::Object(fields) => inner.is_some() && fields.values().all(fits),
        _ => true,
    }
}
