//! Tests of the users whom tokens identify.

use serde_json::json;
use unicom_webchat::IdentitySettings;

use super::with;
use crate::identity_token::samples::{NOW, Signer, claims, secret_key, settings, verify_at};

#[test]
fn user_is_returned_as_signed() {
    let signer = Signer::new("HS256", "k1");
    let settings = settings(&[&signer]);
    let mut claims = claims();
    let rest = json!({
        "name": "Ada", "email": " Ada@Shop.example", "email_verified": true, "phone": "+49 30 1",
        "phone_verified": false, "locale": "pt-BR", "custom": { "plan": "pro" },
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    let user = verify_at(&settings, &signer.token(&claims), NOW).unwrap();
    assert_eq!(
        (user.sub.as_str(), user.name.as_deref()),
        ("user-7", Some("Ada"))
    );
    assert_eq!(
        (user.email.as_deref(), user.email_verified),
        (Some("ada@shop.example"), true)
    );
    assert_eq!(
        (user.phone.as_deref(), user.phone_verified),
        (Some("+49 30 1"), false)
    );
    assert_eq!(user.locale.as_deref(), Some("pt-BR"));
    assert_eq!(user.custom, Some(json!({ "plan": "pro" })));
    assert_eq!(user.expires_at.as_micros(), (NOW + 600) * 1_000_000);

    let nothing = json!({
        "name": "", "email": null, "email_verified": true, "phone": "", "phone_verified": true,
        "locale": null, "custom": null,
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(nothing.as_object().unwrap().clone());
    let user = verify_at(&settings, &signer.token(&claims), NOW).unwrap();
    assert_eq!(
        (&user.name, &user.email, &user.phone),
        (&None, &None, &None)
    );
    assert_eq!((&user.locale, &user.custom), (&None, &None));
    assert!(!user.email_verified && !user.phone_verified);
}

#[test]
fn user_id_follows_from_issuer_and_sub() {
    let signer = Signer::new("HS256", "k1");
    let settings = settings(&[&signer]);
    let id_of = |sub: &str, settings: &IdentitySettings| {
        let token = signer.token(&with("sub", json!(sub)));
        let user = verify_at(settings, &token, NOW).unwrap();
        user.user_id(settings, &secret_key())
    };
    // Python: hmac.new(key, b"identified user\0shop\0user-8", "sha256").hexdigest()[:40]
    let id = id_of("user-8", &settings);
    assert_eq!(id, "x_baaa6ce1cce0a2ea2cd9aff9c34adc63a9c61243");
    assert_ne!(id_of("user-7", &settings), id);
    let mut other_issuer = settings.clone();
    other_issuer.issuer = "shop2".to_owned();
    assert_ne!(id_of("user-8", &other_issuer), id);
}
