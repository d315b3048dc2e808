//! Chooses the key by which a token is verified.

use serde_json::{Map, Value};
use unicom_webchat::{IdentityAlgorithm, IdentityKey};

use super::refused::Refused;

/// Members that bring their own key, or that change what is signed.
const FORBIDDEN: [&str; 6] = ["crit", "jku", "jwk", "x5u", "x5c", "b64"];

/// Returns the one of `keys` that a header names.
///
/// # Errors
/// [`Refused::Invalid`] if there is no such key, if the header has another algorithm than the key,
/// or if it has members that are not allowed.
pub(super) fn key<'a>(
    header: &Map<String, Value>,
    keys: &'a [IdentityKey],
) -> Result<&'a IdentityKey, Refused> {
    if FORBIDDEN.iter().any(|name| header.contains_key(*name)) {
        return Err(Refused::Invalid("the header has a forbidden member"));
    }
    let is_jwt = |typ: &Value| typ.as_str().is_some_and(|typ| typ == "JWT");
    if !header.get("typ").is_none_or(is_jwt) {
        return Err(Refused::Invalid("`typ` is not `JWT`"));
    }
    let key = match (header.get("kid"), keys) {
        (Some(Value::String(kid)), keys) => keys
            .iter()
            .find(|key| key.kid == *kid)
            .ok_or(Refused::Invalid("`kid` is unknown"))?,
        (None, [only]) => only,
        (None, _) => return Err(Refused::Invalid("`kid` is missing")),
        (Some(_), _) => return Err(Refused::Invalid("`kid` is not a string")),
    };
    let alg = match key.alg {
        IdentityAlgorithm::Hs256 => "HS256",
        IdentityAlgorithm::Es256 => "ES256",
        IdentityAlgorithm::EdDsa => "EdDSA",
        _ => return Err(Refused::Invalid("the algorithm of the key is unknown")),
    };
    match header.get("alg").and_then(Value::as_str) == Some(alg) {
        true => Ok(key),
        false => Err(Refused::Invalid("`alg` is not that of the key")),
    }
}
