//! Tests of the claims of tokens.

use serde_json::{Value, json};

use super::Is::{Accepted, Expired, Refused as No};
use super::{check, with};
use crate::identity_token::samples::{ALGORITHMS, NOW, Signer, channel, claims, encoded};

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn object_of_size(bytes: usize) -> Value {
    json!({ "a": "x".repeat(bytes - r#"{"a":""}"#.len()) })
}

fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }))
}

#[test]
fn claims_are_checked() {
    let times = |iat: i64, exp: i64| {
        let mut claims = with("iat", json!(iat));
        claims["exp"] = json!(exp);
        claims
    };
    let cases = [
        (claims(), Accepted),
        // `aud`
        (with("aud", json!([channel().as_str()])), Accepted),
        (without("aud"), No("`aud`")),
        (with("aud", Value::Null), No("`aud`")),
        (with("aud", json!("wk_0123456789abcdefABCDEG")), No("`aud`")),
        (
            with("aud", json!(["other", channel().as_str()])),
            No("`aud`"),
        ),
        (
            with("aud", json!([channel().as_str(), channel().as_str()])),
            No("`aud`"),
        ),
        (with("aud", json!([])), No("`aud`")),
        (with("aud", json!([[channel().as_str()]])), No("`aud`")),
        (with("aud", json!(7)), No("`aud`")),
        // `iss`
        (with("iss", json!("shop")), Accepted),
        (with("iss", json!("other")), No("`iss`")),
        (with("iss", Value::Null), No("`iss`")),
        (with("iss", json!(["shop"])), No("`iss`")),
        // Times
        (without("exp"), No("required")),
        (without("iat"), No("required")),
        (
            with("exp", json!(NOW as f64 + 600.5)),
            No("`exp` is not an integer"),
        ),
        (
            with("exp", json!((NOW + 600).to_string())),
            No("`exp` is not an integer"),
        ),
        (with("exp", Value::Null), No("`exp` is not an integer")),
        (with("exp", json!(i64::MAX)), No("`exp` is not an integer")),
        (with("exp", json!(u64::MAX)), No("`exp` is not an integer")),
        (with("iat", json!(-1)), No("`iat` is not an integer")),
        (with("iat", json!(i64::MIN)), No("`iat` is not an integer")),
        (times(NOW, NOW + 3600), Accepted),
        (times(NOW, NOW + 3601), No("too long")),
        (times(NOW, NOW + 10_000_000_000), No("too long")),
        (times(NOW + 60, NOW + 61), Accepted),
        (times(NOW + 61, NOW + 600), No("`iat` is in the future")),
        (times(NOW, NOW), No("not after")),
        (times(NOW, NOW - 1), No("not after")),
        (times(NOW - 600, NOW - 59), Accepted),
        (times(NOW - 600, NOW - 60), Expired),
        (times(NOW - 3600, NOW - 600), Expired),
        (times(1, 2), Expired),
        (times(NOW - 3601, NOW - 600 + 3600), No("too long")),
        (with("nbf", json!(NOW + 60)), Accepted),
        (with("nbf", json!(NOW + 61)), No("`nbf` is in the future")),
        (with("nbf", json!("now")), No("`nbf` is not an integer")),
        // `sub`
        (without("sub"), No("`sub`")),
        (with("sub", json!("")), No("`sub`")),
        (with("sub", json!(7)), No("`sub`")),
        (with("sub", Value::Null), No("`sub`")),
        (with("sub", json!("é".repeat(128))), Accepted),
        (with("sub", json!("x".repeat(129))), No("`sub`")),
        (with("sub", json!("a\0b")), No("`sub`")),
        (with("sub", json!("a\nb")), No("`sub`")),
        (with("sub", json!("a\u{85}b")), No("`sub`")),
        (with("sub", json!("a\u{202e}b")), No("`sub`")),
        (with("sub", json!("a\u{2066}b")), No("`sub`")),
        (with("sub", json!("\u{200f}a")), No("`sub`")),
        // What the site says about the user
        (with("name", json!("x".repeat(255))), Accepted),
        (with("name", json!("x".repeat(256))), No("`name`")),
        (with("name", json!("a\0")), No("`name`")),
        (with("name", json!(["Ada"])), No("`name`")),
        (with("email", json!("ada@shop.example")), Accepted),
        (with("email", json!("ada")), No("`email`")),
        (
            with("email", json!("ada@shop.example, eve@shop.example")),
            No("`email`"),
        ),
        (
            with("email", json!(format!("{}@shop.example", "x".repeat(242)))),
            No("`email`"),
        ),
        (with("email", json!(7)), No("`email`")),
        (with("email_verified", json!("true")), No("no Boolean")),
        (with("phone_verified", json!(1)), No("no Boolean")),
        (with("phone", json!("1".repeat(32))), Accepted),
        (with("phone", json!("1".repeat(33))), No("`phone`")),
        (with("phone", json!("1\r\n2")), No("`phone`")),
        (with("locale", json!("x".repeat(35))), Accepted),
        (with("locale", json!("x".repeat(36))), No("`locale`")),
        (with("custom", object_of_size(4096)), Accepted),
        (with("custom", object_of_size(4097)), No("`custom`")),
        (with("custom", json!([1])), No("`custom`")),
        (with("custom", json!("text")), No("`custom`")),
        (with("custom", json!({ "a": ["\0"] })), No("`custom`")),
        (with("custom", nested(64)), Accepted),
        (with("custom", nested(65)), No("`custom`")),
        (with("unknown", json!({ "a": 1 })), Accepted),
        // A token that has expired is not told from others unless all the rest is right.
        (
            json!({ "sub": "", "aud": channel().as_str(), "iat": 1, "exp": 2 }),
            No("`sub`"),
        ),
        (
            json!({ "sub": "7", "aud": channel().as_str(), "iat": 1, "exp": 2, "custom": 1 }),
            No("`custom`"),
        ),
    ];
    for alg in ALGORITHMS {
        let signer = Signer::new(alg, "k1");
        for (claims, expected) in &cases {
            check(
                &signer,
                &claims.to_string(),
                &signer.token(claims),
                expected,
            );
        }
    }
}

#[test]
fn duplicate_claims_are_refused() {
    let aud = channel();
    for alg in ALGORITHMS {
        let signer = Signer::new(alg, "k1");
        let header = signer.header().to_string();
        let rest = format!(r#""aud":"{aud}","iat":{NOW},"exp":{}"#, NOW + 600);
        for claims in [
            format!(r#"{{"sub":"eve","sub":"ada",{rest}}}"#),
            format!(r#"{{"sub":"eve","s\u0075b":"eve",{rest}}}"#),
            format!(r#"{{"sub":"eve",{rest},"custom":{{"a":1,"a":2}}}}"#),
            format!(r#"{{"sub":"eve",{rest},"unknown":1,"unknown":1}}"#),
        ] {
            let token = signer.sign(&header, &claims);
            check(&signer, &claims, &token, &No("twice"));
        }
        for claims in ["", "[]", "null", "{", "{}x", r#"{"sub":"\ud800"}"#] {
            let token = signer.sign(&header, claims);
            check(&signer, claims, &token, &No("the claims"));
        }
        let not_utf8 = format!("{}.{}.AA", encoded(&header), encoded([0xff, 0xfe]));
        check(&signer, "no UTF-8", &not_utf8, &No(""));
    }
}
