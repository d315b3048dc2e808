//! Fuzzes the tokens by which sites identify their users.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use unicom_auth::SecretKey;
use unicom_auth::identity_token::{IdentifiedUser, Refused, verify};
use unicom_models::UtcTime;
use unicom_webchat::{ChannelKey, IdentitySettings};

use crate::input::first_line;

/// The time at which tokens are verified, in seconds since 1970.
const NOW: i64 = 1_800_000_000;

/// The most that `exp` may be after `iat`, in seconds.
const MOST_AGE: i64 = 3600;

const CHANNEL: &str = "wk_0123456789abcdefABCDEF";

const ISSUER: &str = "shop";

/// One key of each algorithm but for the limit of two: the other two are verified on their own.
const KEYS: [&str; 2] = [
    r#"[{ "kid": "h", "alg": "HS256" }, { "kid": "e", "alg": "ES256", "public_key": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIJxpt+XDi4CGjh/0DQFW/NVeNI1E\nGdl1xJ1SQvG2hVHypzRaFSP4vVWjkdnyBsI/Fhgcy1rKwP1Cdurc8aqxwg==\n-----END PUBLIC KEY-----" }]"#,
    r#"[{ "kid": "d", "alg": "EdDSA", "public_key": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAYSh5oUj3fNrVrG6qeqrGPZE5QNY+8eOk9uwxDjhNpYQ=\n-----END PUBLIC KEY-----" }]"#,
];

/// Verifies the input as a token. If its first line is `sign`, the second line is a header, the
/// rest are claims, and the token is signed with the secret of the first key.
///
/// An accepted token must say what the rules require, by another reading of its JSON, and must not
/// be accepted with another server's secret, for another channel or with a changed signature.
pub fn identity_tokens(data: &[u8]) {
    let (first, rest) = first_line(data);
    let token = if first == b"sign" {
        let (header, claims) = first_line(rest);
        signed(header, claims)
    } else if let Ok(token) = std::str::from_utf8(data) {
        token.to_owned()
    } else {
        return;
    };
    for keys in KEYS {
        let settings = settings(keys);
        let checked = verified(&settings, CHANNEL, SECRET, &token, NOW);
        match checked {
            Ok(user) => check(&settings, &token, &user),
            Err(Refused::Expired) => {
                let claims = claims(&token);
                let expired = claims["exp"].as_i64().expect("`exp` is an integer");
                assert!(expired + 60 <= NOW, "{claims}");
            }
            Err(_) => {}
        }
    }
}

/// Checks a token that was accepted.
fn check(settings: &IdentitySettings, token: &str, user: &IdentifiedUser) {
    assert!(token.len() <= 8192, "{} bytes", token.len());
    let claims = claims(token);
    let integer = |name: &str| claims[name].as_i64().expect("times are integers");
    let (issued, expires) = (integer("iat"), integer("exp"));
    assert!(issued <= NOW + 60 && expires > NOW - 60, "{claims}");
    assert!((1..=MOST_AGE).contains(&(expires - issued)), "{claims}");
    assert_eq!(user.expires_at.as_micros(), expires * 1_000_000);
    assert!(claims["aud"] == CHANNEL || claims["aud"][0] == CHANNEL);
    assert!(claims.get("iss").is_none_or(|iss| iss == ISSUER));
    assert_eq!(claims["sub"], *user.sub);
    assert!((1..=128).contains(&user.sub.chars().count()) && !user.sub.contains(char::is_control));
    for (text, longest) in [
        (&user.name, 255),
        (&user.email, 254),
        (&user.phone, 32),
        (&user.locale, 35),
    ] {
        let text = text.as_deref().unwrap_or("none");
        assert!((1..=longest).contains(&text.chars().count()), "{text:?}");
        assert!(!text.contains('\0'), "{text:?}");
    }
    assert!(user.email.is_some() || !user.email_verified);
    assert!(user.phone.is_some() || !user.phone_verified);
    if let Some(custom) = &user.custom {
        assert!(custom.is_object() && custom.to_string().len() <= 4096);
    }

    let other_key = "wk_0123456789abcdefABCDEG";
    assert!(verified(settings, other_key, SECRET, token, NOW).is_err());
    assert_eq!(
        verified(settings, CHANNEL, SECRET, token, expires + 60),
        Err(Refused::Expired)
    );
    if token.starts_with(&encoded(br#"{"alg":"HS256""#)[..16]) {
        let other_secret = "0f0d2c9b71e84a36b0c7d1f29e8a4b63";
        assert!(verified(settings, CHANNEL, other_secret, token, NOW).is_err());
    }
    let (signed, signature) = token.rsplit_once('.').expect("a token has three parts");
    for changed in [
        format!("{signed}."),
        format!("{signed}.{}", &signature[1..]),
        format!("{signed}.{signature}AA"),
        format!("{signed}.{signature}="),
        format!("{signed} .{signature}"),
        format!("{signed}A.{signature}"),
    ] {
        let found = verified(settings, CHANNEL, SECRET, &changed, NOW);
        assert!(matches!(found, Err(Refused::Invalid(_))), "{changed}");
    }
}

const SECRET: &str = "5f0d2c9b71e84a36b0c7d1f29e8a4b63";

fn verified(
    settings: &IdentitySettings,
    channel: &str,
    secret: &str,
    token: &str,
    now: i64,
) -> Result<IdentifiedUser, Refused> {
    let (channel, secret) = (key(channel), secret_key(secret));
    let now = UtcTime::from_micros(now * 1_000_000).expect("the time can be represented");
    verify(settings, &channel, &secret, token, now)
}

fn key(text: &str) -> ChannelKey {
    text.parse().expect("it is a channel's key")
}

fn secret_key(text: &str) -> SecretKey {
    SecretKey::new(text).expect("the secret is good")
}

fn settings(keys: &str) -> IdentitySettings {
    let keys: Value = serde_json::from_str(keys).expect("the keys are JSON");
    let settings = serde_json::json!({ "issuer": ISSUER, "keys": keys, "max_age_s": MOST_AGE });
    serde_json::from_value(settings).expect("the settings are valid")
}

/// Returns a token with the signature of the first key.
fn signed(header: &[u8], claims: &[u8]) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let secret = secret_key(SECRET).identity_secret(&key(CHANNEL), "h");
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes every key");
    let code = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", encoded(&code))
}

fn encoded(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the claims of a token, as serde_json reads them.
fn claims(token: &str) -> Value {
    use base64::Engine;
    let claims = token.split('.').nth(1).expect("a token has three parts");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims);
    serde_json::from_slice(&claims.expect("claims are base64url")).expect("claims are JSON")
}
