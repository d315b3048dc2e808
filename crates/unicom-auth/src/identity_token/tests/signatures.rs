//! Tests of the signatures and the form of tokens.

use serde_json::json;
use unicom_models::UtcTime;
use unicom_webchat::IdentityMode;

use super::Is::{Accepted, Refused as No};
use super::{check, with};
use crate::SecretKey;
use crate::identity_token::samples::{
    ALGORITHMS, NOW, Signer, channel, claims, encoded, secret_key, settings, verify_at,
};
use crate::identity_token::{Refused, decoded, verify};

#[test]
fn changed_tokens_are_refused() {
    for alg in ALGORITHMS {
        let signer = Signer::new(alg, "k1");
        let token = signer.token(&claims());
        check(&signer, "unchanged", &token, &Accepted);
        let parts: Vec<&str> = token.split('.').collect();
        let [header, body, signature] = parts[..] else {
            panic!("{token}");
        };
        let bytes = decoded(signature).unwrap();
        let signed_by = |signature: &[u8]| format!("{header}.{body}.{}", encoded(signature));
        let (first, second) = bytes.split_at(bytes.len() / 2);
        let eve = encoded(with("sub", json!("eve")).to_string());
        let unused_bits = {
            let mut text = signature.to_owned();
            let last = text.pop().unwrap();
            // The last character has unused bits, which must be zero.
            let next = char::from(u8::try_from(u32::from(last)).unwrap() + 1);
            format!("{header}.{body}.{text}{next}")
        };
        let cases = [
            ("other claims", format!("{header}.{eve}.{signature}")),
            ("no signature", format!("{header}.{body}.")),
            ("two parts", format!("{header}.{body}")),
            ("one part", header.to_owned()),
            ("empty", String::new()),
            ("dots", "..".to_owned()),
            ("four parts", format!("{token}.{signature}")),
            (
                "five parts",
                format!("{header}.{body}.{signature}.{body}.{signature}"),
            ),
            ("trailing dot", format!("{token}.")),
            ("leading dot", format!(".{token}")),
            ("truncated signature", signed_by(&bytes[..bytes.len() - 1])),
            ("half a signature", signed_by(first)),
            ("swapped halves", signed_by(&[second, first].concat())),
            ("trailing byte", signed_by(&[&bytes[..], &[0]].concat())),
            ("leading byte", signed_by(&[&[0], &bytes[..]].concat())),
            ("zeros", signed_by(&vec![0; bytes.len()])),
            ("twice", signed_by(&[&bytes[..], &bytes[..]].concat())),
            ("padding", format!("{token}=")),
            ("more padding", format!("{token}==")),
            ("padded claims", format!("{header}.{body}=.{signature}")),
            ("unused bits", unused_bits),
            ("line end", format!("{token}\n")),
            ("leading space", format!(" {token}")),
            ("space within", format!("{header}.{body} .{signature}")),
            (
                "other alphabet",
                format!("{header}.{body}.+/{}", &signature[2..]),
            ),
            ("NUL", format!("{token}\0")),
            ("no ASCII", format!("{token}é")),
        ];
        for (what, token) in &cases {
            check(&signer, what, token, &No(""));
        }
        for index in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[index / 8] ^= 1 << (index % 8);
            check(
                &signer,
                "flipped bit",
                &signed_by(&changed),
                &No("the signature is wrong"),
            );
        }
    }
}

#[test]
fn size_is_limited() {
    let signer = Signer::new("HS256", "k1");
    let of_size = |filler: usize| signer.token(&with("unknown", json!("x".repeat(filler))));
    let sizes: Vec<String> = (5800..6100).map(of_size).collect();
    let longest = sizes.iter().rfind(|token| token.len() <= 8192);
    let shortest = sizes.iter().find(|token| token.len() > 8192);
    check(&signer, "8 KiB", longest.unwrap(), &Accepted);
    check(&signer, "more", shortest.unwrap(), &No("longer than 8 KiB"));
    check(
        &signer,
        "8 KiB and 1",
        &"x".repeat(8193),
        &No("longer than 8 KiB"),
    );
    check(&signer, "dots", &".".repeat(8192), &No(""));
}

#[test]
fn tokens_belong_to_a_channel_and_a_server() {
    let signer = Signer::new("HS256", "k1");
    let (settings, token) = (settings(&[&signer]), signer.token(&claims()));
    let now = UtcTime::from_micros(NOW * 1_000_000).unwrap();
    let wrong = Err(Refused::Invalid("the signature is wrong"));
    let other = "wk_0123456789abcdefABCDEG".parse().unwrap();
    assert_eq!(verify(&settings, &other, &secret_key(), &token, now), wrong);
    let key = SecretKey::new("5f0d2c9b71e84a36b0c7d1f29e8a4b64").unwrap();
    assert_eq!(verify(&settings, &channel(), &key, &token, now), wrong);

    let mut off = settings;
    off.mode = IdentityMode::Off;
    let refused = verify(&off, &channel(), &secret_key(), &token, now);
    assert_eq!(
        refused,
        Err(Refused::Invalid("identification is switched off"))
    );
}

#[test]
fn unreadable_public_key_verifies_nothing() {
    let signer = Signer::new("ES256", "k1");
    let mut settings = settings(&[&signer]);
    let token = signer.token(&claims());
    let unreadable = "the public key of the channel cannot be read";
    for pem in [
        None,
        Some(String::new()),
        Signer::new("EdDSA", "k1").public_key(),
    ] {
        settings.keys[0].public_key = pem;
        let found = verify_at(&settings, &token, NOW);
        assert_eq!(found, Err(Refused::Invalid(unreadable)));
    }
}

#[test]
fn expiry_is_reported_only_for_right_signatures() {
    for alg in ALGORITHMS {
        let (signer, other) = (Signer::new(alg, "k1"), Signer::new(alg, "k1"));
        let token = signer.token(&claims());
        let settings = settings(&[&signer]);
        assert!(verify_at(&settings, &token, NOW + 659).is_ok());
        assert_eq!(
            verify_at(&settings, &token, NOW + 660),
            Err(Refused::Expired)
        );
        if alg != "HS256" {
            let wrong = Err(Refused::Invalid("the signature is wrong"));
            assert_eq!(
                verify_at(&settings, &other.token(&claims()), NOW + 660),
                wrong
            );
        }
    }
}

/// Tokens that PyJWT has made, with keys that OpenSSL has made.
#[test]
fn tokens_of_other_programs_are_accepted() {
    let keys = json!([
        { "kid": "e", "alg": "ES256", "public_key": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIJxpt+XDi4CGjh/0DQFW/NVeNI1E\nGdl1xJ1SQvG2hVHypzRaFSP4vVWjkdnyBsI/Fhgcy1rKwP1Cdurc8aqxwg==\n-----END PUBLIC KEY-----" },
        { "kid": "d", "alg": "EdDSA", "public_key": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAYSh5oUj3fNrVrG6qeqrGPZE5QNY+8eOk9uwxDjhNpYQ=\n-----END PUBLIC KEY-----" },
    ]);
    let asymmetric = serde_json::from_value(json!({ "issuer": "shop", "keys": keys })).unwrap();
    let keys = json!([{ "kid": "h", "alg": "HS256" }]);
    let symmetric = serde_json::from_value(json!({ "issuer": "shop", "keys": keys })).unwrap();
    for (settings, token) in [
        (
            &symmetric,
            "eyJhbGciOiJIUzI1NiIsImtpZCI6ImgiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ1c2VyLTciLCJhdWQiOiJ3a18wMTIzNDU2Nzg5YWJjZGVmQUJDREVGIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDA2MDAsIm5hbWUiOiJab1x1MDBlYiIsImVtYWlsIjoiem9lQHNob3AuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlfQ.d9CmC9Yea_mAlpLuvroSxfoAh3Nb5-IWZAgy7Thg8uI",
        ),
        (
            &asymmetric,
            "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ1c2VyLTciLCJhdWQiOiJ3a18wMTIzNDU2Nzg5YWJjZGVmQUJDREVGIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDA2MDAsIm5hbWUiOiJab1x1MDBlYiIsImVtYWlsIjoiem9lQHNob3AuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlfQ.tBAdna7KSKCYc8xg3GvlQBbts6yPUPRLrxTobOfYmmHWsP0Tx-RoUFImo5ira7IubdSb9Msa_mvyQgF2KHVnAA",
        ),
        (
            &asymmetric,
            "eyJhbGciOiJFZERTQSIsImtpZCI6ImQiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ1c2VyLTciLCJhdWQiOiJ3a18wMTIzNDU2Nzg5YWJjZGVmQUJDREVGIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDA2MDAsIm5hbWUiOiJab1x1MDBlYiIsImVtYWlsIjoiem9lQHNob3AuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlfQ.mbslAx1h23QSU1W-SOM1nbzKyyT-DLJGklT7tp-AZXA5c5I6pxWAdOedPJBcpcL_AYT4hv_bsmdOMQqhvlq1BQ",
        ),
    ] {
        let user = verify_at(settings, token, NOW).unwrap();
        assert_eq!(
            (user.sub.as_str(), user.name.as_deref()),
            ("user-7", Some("Zoë"))
        );
    }
}
