//! Sites of tests, which sign tokens.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde_json::{Value, json};
use sha2::Sha256;
use unicom_models::UtcTime;
use unicom_webchat::{ChannelKey, IdentitySettings};

use super::{IdentifiedUser, Refused, verify};
use crate::SecretKey;

/// The time of tests, in seconds since 1970.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) const ALGORITHMS: [&str; 3] = ["HS256", "ES256", "EdDSA"];

/// The key of a site.
pub(super) struct Signer {
    pub kid: &'static str,
    pub alg: &'static str,
    key: Key,
}

enum Key {
    Secret(String),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    pub(super) fn new(alg: &'static str, kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let key = match alg {
            "HS256" => Key::Secret(secret_key().identity_secret(&channel(), kid)),
            "ES256" => {
                let with = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let made = EcdsaKeyPair::generate_pkcs8(with, &random).unwrap();
                Key::P256(EcdsaKeyPair::from_pkcs8(with, made.as_ref(), &random).unwrap())
            }
            _ => {
                let made = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                Key::Ed25519(Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap())
            }
        };
        Self { kid, alg, key }
    }

    /// Returns the public key in PEM, with the prefixes of RFC 5480 and RFC 8410.
    pub(super) fn public_key(&self) -> Option<String> {
        let der = match &self.key {
            Key::Secret(_) => return None,
            Key::P256(key) => {
                let prefix = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
                [&hex::decode(prefix).unwrap(), key.public_key().as_ref()].concat()
            }
            Key::Ed25519(key) => {
                let prefix = hex::decode("302a300506032b6570032100").unwrap();
                [&prefix, key.public_key().as_ref()].concat()
            }
        };
        let text = STANDARD.encode(der);
        Some(format!(
            "-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"
        ))
    }

    pub(super) fn header(&self) -> Value {
        json!({ "alg": self.alg, "kid": self.kid, "typ": "JWT" })
    }

    /// Returns a token with this header and these claims, as they are.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = match &self.key {
            Key::Secret(secret) => hmac(secret.as_bytes(), &signed),
            Key::P256(key) => {
                let signature = key.sign(&SystemRandom::new(), signed.as_bytes());
                signature.unwrap().as_ref().to_vec()
            }
            Key::Ed25519(key) => key.sign(signed.as_bytes()).as_ref().to_vec(),
        };
        format!("{signed}.{}", encoded(signature))
    }

    /// Returns a token with the usual header.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.sign(&self.header().to_string(), &claims.to_string())
    }
}

pub(super) fn hmac(secret: &[u8], signed: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.chain_update(signed).finalize().into_bytes().to_vec()
}

pub(super) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns claims that are valid.
pub(super) fn claims() -> Value {
    json!({ "sub": "user-7", "aud": channel().as_str(), "iat": NOW, "exp": NOW + 600 })
}

/// Returns the settings of a channel that accepts these keys.
pub(super) fn settings(signers: &[&Signer]) -> IdentitySettings {
    let key = |signer: &&Signer| json!({ "kid": signer.kid, "alg": signer.alg, "public_key": signer.public_key() });
    let keys: Vec<Value> = signers.iter().map(key).collect();
    serde_json::from_value(json!({ "issuer": "shop", "keys": keys, "max_age_s": 3600 })).unwrap()
}

pub(super) fn channel() -> ChannelKey {
    "wk_0123456789abcdefABCDEF".parse().unwrap()
}

pub(super) fn secret_key() -> SecretKey {
    SecretKey::new("5f0d2c9b71e84a36b0c7d1f29e8a4b63").unwrap()
}

pub(super) fn verify_at(
    settings: &IdentitySettings,
    token: &str,
    seconds: i64,
) -> Result<IdentifiedUser, Refused> {
    let now = UtcTime::from_micros(seconds * 1_000_000).unwrap();
    verify(settings, &channel(), &secret_key(), token, now)
}
