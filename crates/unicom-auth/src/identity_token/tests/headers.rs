//! Tests of the headers of tokens.

use serde_json::{Value, json};

use super::Is::{Accepted, Refused as No};
use super::check;
use crate::identity_token::samples::{ALGORITHMS, Signer, claims, encoded, hmac, settings};

#[test]
fn headers_are_checked() {
    for alg in ALGORITHMS {
        let signer = Signer::new(alg, "k1");
        let with = |name: &str, value: Value| {
            let mut header = signer.header();
            header[name] = value;
            header.to_string()
        };
        let own = signer.public_key().unwrap_or_default();
        let mut cases = vec![
            (format!(r#"{{"alg":"{alg}","kid":"k1"}}"#), Accepted),
            (format!(r#"{{"alg":"{alg}"}}"#), Accepted),
            (with("cty", json!("text")), Accepted),
            (with("typ", json!("JWE")), No("`typ`")),
            (with("typ", Value::Null), No("`typ`")),
            (with("kid", json!("k2")), No("`kid` is unknown")),
            (with("kid", json!("")), No("`kid` is unknown")),
            (with("kid", json!("../../dev/null")), No("`kid` is unknown")),
            (with("kid", json!(1)), No("`kid` is not a string")),
            (with("kid", Value::Null), No("`kid` is not a string")),
            (with("alg", Value::Null), No("`alg`")),
            (with("alg", json!(["HS256"])), No("`alg`")),
            (r#"{"kid":"k1"}"#.to_owned(), No("`alg`")),
            (with("crit", json!(["exp"])), No("forbidden")),
            (with("crit", json!([])), No("forbidden")),
            (with("b64", json!(false)), No("forbidden")),
            (with("b64", json!(true)), No("forbidden")),
            (
                with("jku", json!("https://evil.example/keys")),
                No("forbidden"),
            ),
            (
                with("jwk", json!({ "kty": "oct", "k": "AA" })),
                No("forbidden"),
            ),
            (
                with("x5u", json!("https://evil.example/key")),
                No("forbidden"),
            ),
            (with("x5c", json!([own])), No("forbidden")),
            (with("jku", Value::Null), No("forbidden")),
            (
                format!(r#"{{"alg":"none","alg":"{alg}","kid":"k1"}}"#),
                No("twice"),
            ),
            (
                format!(r#"{{"alg":"{alg}","kid":"k2","\u006bid":"k1"}}"#),
                No("twice"),
            ),
            (
                format!(r#"{{"alg":"{alg}","kid":"k1","x":[{{"a":1,"a":1}}]}}"#),
                No("twice"),
            ),
            (format!(r#"[{{"alg":"{alg}"}}]"#), No("the header")),
            ("null".to_owned(), No("the header")),
            (String::new(), No("the header")),
            (format!(r#"{{"alg":"{alg}"}} x"#), No("the header")),
            (format!(r#"{{"alg":"{alg}",}}"#), No("the header")),
            (
                format!(
                    r#"{{"alg":"{alg}","x":{}1{}}}"#,
                    "[".repeat(200),
                    "]".repeat(200)
                ),
                No("the header"),
            ),
        ];
        for other in [
            "none", "None", "", "HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384",
            "EdDSA", "Ed25519", "hs256", "ES256K",
        ] {
            if other != alg {
                cases.push((
                    with("alg", json!(other)),
                    No("`alg` is not that of the key"),
                ));
            }
        }
        for (header, expected) in cases {
            let token = signer.sign(&header, &claims().to_string());
            check(&signer, &header, &token, &expected);
        }
    }
}

#[test]
fn public_key_is_no_secret() {
    for alg in ["ES256", "EdDSA"] {
        let signer = Signer::new(alg, "k1");
        let pem = signer.public_key().unwrap();
        let header = encoded(json!({ "alg": "HS256", "kid": "k1" }).to_string());
        let signed = format!("{header}.{}", encoded(claims().to_string()));
        let bytes = settings(&[&signer]).keys[0].public_key_bytes().unwrap();
        for secret in [pem.as_bytes(), pem.trim().as_bytes(), bytes.as_slice(), b""] {
            let token = format!("{signed}.{}", encoded(hmac(secret, &signed)));
            check(&signer, "the public key as a secret", &token, &No("`alg`"));
        }
    }
}
