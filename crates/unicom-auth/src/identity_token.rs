//! The tokens by which a site identifies its users: JSON Web Tokens (RFC 7519) that it signs.
//!
//! Which key and algorithm verify a token follows from the channel's configuration. A token only
//! names the key: what it says about its signature must agree with the configuration, and no key is
//! taken from a token or fetched.

mod claims;
mod header;
mod refused;
mod signature;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use unicom_http::unique_json;
use unicom_models::UtcTime;
use unicom_webchat::{ChannelKey, IdentityMode, IdentitySettings};

use crate::SecretKey;

pub use claims::IdentifiedUser;
pub use refused::Refused;

/// Maximum size of a token, in bytes.
const MOST_BYTES: usize = 8 << 10;

/// Returns the user whom a token identifies on the channel with this key.
///
/// - A token has at most 8 KiB, in the compact form of RFC 7515, without padding.
/// - `alg` in its header is that of the configured key with the id `kid`. `kid` may be missing if
///   there is only one key. `typ` is missing or `JWT`; `crit`, `b64`, and members that contain or
///   refer to a key (`jku`, `jwk`, `x5u`, `x5c`) are not allowed.
/// - No JSON object in it names a member twice.
/// - `sub` has 1 to 128 characters, without control characters and those that change the direction
///   of text. `aud` is the channel's key, also as the only entry of a list. `iss`, if there is one,
///   is the issuer.
/// - `iat` and `exp` are integers, with at most `max_age_s` between them. The clock of the site may
///   differ by 60 s from `now`; this also applies to `nbf`.
/// - `name`, `email`, `email_verified`, `phone`, `phone_verified`, `locale` and `custom` are
///   optional; other members have no meaning.
///
/// # Errors
/// [`Refused::Expired`] if only the time since `exp` is a reason to refuse the token,
/// [`Refused::Invalid`] in all other cases, also if the channel's configuration has switched
/// identification off.
pub fn verify(
    settings: &IdentitySettings,
    channel: &ChannelKey,
    secret_key: &SecretKey,
    token: &str,
    now: UtcTime,
) -> Result<IdentifiedUser, Refused> {
    if settings.mode == IdentityMode::Off {
        return Err(Refused::Invalid("identification is switched off"));
    }
    if token.len() > MOST_BYTES {
        return Err(Refused::Invalid("the token is longer than 8 KiB"));
    }
    let wrong_parts = Refused::Invalid("the token must have three parts");
    let (signed, signature) = token.rsplit_once('.').ok_or(wrong_parts)?;
    let (header, claims) = signed.split_once('.').ok_or(wrong_parts)?;
    let header = object(header, "the header must be a JSON object in base64url")?;
    let key = header::key(&header, &settings.keys)?;
    let signature = decoded(signature).ok_or(Refused::Invalid("the signature is no base64url"))?;
    signature::check(key, channel, secret_key, signed.as_bytes(), &signature)?;
    // Nothing of the claims is read before the signature is right.
    let claims = object(claims, "the claims must be a JSON object in base64url")?;
    claims::user(claims, settings, channel, now)
}

/// Returns the bytes of a base64url text without padding. A text that other decoders would read as
/// the same bytes, such as one with padding or with unused bits, is refused.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn object(part: &str, otherwise: &'static str) -> Result<Map<String, Value>, Refused> {
    let bytes = decoded(part).ok_or(Refused::Invalid(otherwise))?;
    match unique_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Err(unique_json::NotUnique::Twice(_)) => {
            Err(Refused::Invalid("an object names a member twice"))
        }
        _ => Err(Refused::Invalid(otherwise)),
    }
}
