//! Tests of [`verify`](super::verify).

mod claims;
mod headers;
mod keys;
mod signatures;
mod users;

use serde_json::Value;

use super::Refused;
use super::samples::{self, NOW, Signer, settings, verify_at};

/// What a case expects.
enum Is {
    Accepted,
    Expired,
    /// Refused for a reason that contains this.
    Refused(&'static str),
}

/// Checks what becomes of a token when the signer has the only key of the channel.
#[track_caller]
fn check(signer: &Signer, what: &str, token: &str, expected: &Is) {
    let found = verify_at(&settings(&[signer]), token, NOW);
    let is_right = match (expected, &found) {
        (Is::Accepted, Ok(user)) => !user.sub.is_empty(),
        (Is::Expired, Err(Refused::Expired)) => true,
        (Is::Refused(part), Err(Refused::Invalid(reason))) => reason.contains(part),
        _ => false,
    };
    assert!(is_right, "{}, {what}: {found:?}", signer.alg);
}

/// Returns valid claims with this member in the place of the one with the same name.
fn with(name: &str, value: Value) -> Value {
    let mut claims = samples::claims();
    claims[name] = value;
    claims
}
