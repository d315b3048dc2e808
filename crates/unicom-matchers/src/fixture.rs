//! Members and matchers for tests.

use serde_json::Value;
use unicom_core::matchers::{CategoryMatcher, MatcherCompiler};
use unicom_models::{Member, UtcTime};

use crate::Matchers;

/// Creates a member with a verified e-mail address and an unverified telephone number.
pub(super) fn member() -> Member {
    let mut member = Member::new("Ann Smith".to_owned(), UtcTime::BEGINNING);
    member.email = Some("ann@example.com".to_owned());
    member.email_verified = true;
    member.phone = Some("+441234".to_owned());
    member
}

/// Compiles the matcher that `json` describes.
pub(super) fn matcher(json: Value) -> std::sync::Arc<dyn CategoryMatcher> {
    Matchers::default().compile(&json).unwrap()
}

/// Returns the error message for the invalid matcher that `json` describes.
pub(super) fn invalid(json: Value) -> String {
    Matchers::default()
        .compile(&json)
        .err()
        .unwrap()
        .to_string()
}
