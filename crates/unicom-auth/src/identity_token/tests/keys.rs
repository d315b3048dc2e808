//! Tests of channels with several keys.

use serde_json::json;

use crate::identity_token::Refused;
use crate::identity_token::samples::{ALGORITHMS, NOW, Signer, claims, settings, verify_at};

#[test]
fn key_of_another_kid_is_not_used() {
    for alg in ALGORITHMS {
        for other in ALGORITHMS {
            let (first, second) = (Signer::new(alg, "k1"), Signer::new(other, "k2"));
            let both = settings(&[&first, &second]);
            for signer in [&first, &second] {
                assert!(verify_at(&both, &signer.token(&claims()), NOW).is_ok());
            }
            // The first key signs, and the header names the second one.
            for alg in [alg, other] {
                let header = json!({ "alg": alg, "kid": "k2" }).to_string();
                let token = first.sign(&header, &claims().to_string());
                assert!(matches!(
                    verify_at(&both, &token, NOW),
                    Err(Refused::Invalid(_))
                ));
            }
            let header = json!({ "alg": alg }).to_string();
            let token = first.sign(&header, &claims().to_string());
            let found = verify_at(&both, &token, NOW);
            assert_eq!(found, Err(Refused::Invalid("`kid` is missing")));
        }
    }
}

#[test]
fn keys_are_rotated() {
    for alg in ALGORITHMS {
        let (old, new) = (Signer::new(alg, "2026"), Signer::new(alg, "2027"));
        let [before, during, after] = [&[&old][..], &[&old, &new], &[&new]].map(settings);
        let [by_old, by_new] = [&old, &new].map(|signer| signer.token(&claims()));
        let unknown = Err(Refused::Invalid("`kid` is unknown"));
        assert!(verify_at(&before, &by_old, NOW).is_ok());
        assert_eq!(verify_at(&before, &by_new, NOW), unknown);
        assert!(verify_at(&during, &by_old, NOW).is_ok());
        assert!(verify_at(&during, &by_new, NOW).is_ok());
        assert_eq!(verify_at(&after, &by_old, NOW), unknown);
        assert!(verify_at(&after, &by_new, NOW).is_ok());
        // Without the id of its key, a token by the removed key is not valid either.
        let header = json!({ "alg": alg }).to_string();
        let token = old.sign(&header, &claims().to_string());
        let wrong = Err(Refused::Invalid("the signature is wrong"));
        assert_eq!(verify_at(&after, &token, NOW), wrong);
    }
}
