//! Tests that the failures in the OpenAPI document are those of the contract: every code, with its
//! status.

use std::collections::BTreeSet;

use super::{DOCUMENT, operations, resolved};

/// The codes in the contracts' tables, plus those of HTTP itself.
const TABLE: [(u16, &[&str]); 16] = [
    (
        400,
        &[
            "invalid_json",
            "invalid_body",
            "invalid_path",
            "invalid_parameter",
            "invalid_cursor",
            "unknown_filter",
            "empty_message",
            "invalid_text",
            "ambiguous_session",
        ],
    ),
    (
        401,
        &[
            "invalid_credentials",
            "login_required",
            "token_invalid",
            "token_expired",
            "identity_invalid",
            "identity_expired",
        ],
    ),
    (
        403,
        &[
            "csrf_failed",
            "account_blocked",
            "button_expired",
            "not_your_button",
            "staff_only",
            "registration_closed",
            "insufficient_scope",
            "origin_not_allowed",
            "identity_required",
        ],
    ),
    (404, &["not_found", "chat_not_found", "no_channel"]),
    (405, &["method_not_allowed"]),
    (408, &["request_timeout"]),
    (
        409,
        &[
            "idempotency_conflict",
            "username_taken",
            "conflict",
            "request_ended",
            "staff_user",
            "too_late",
            "chat_taken",
            "guest_taken",
        ],
    ),
    (413, &["quota_exceeded", "too_large"]),
    (414, &["uri_too_long"]),
    (415, &["unsupported_media_type"]),
    (416, &["range_not_satisfiable"]),
    (421, &["misdirected_request"]),
    (426, &["upgrade_required"]),
    (429, &["rate_limited"]),
    (431, &["headers_too_large"]),
    (503, &["busy", "draining", "storage_full"]),
];

/// The code for a documented path with an undocumented method. It belongs to no operation.
const OF_NO_OPERATION: &str = "method_not_allowed";

fn codes() -> BTreeSet<&'static str> {
    let codes = DOCUMENT["components"]["schemas"]["FailureCode"]["enum"].as_array();
    codes
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect()
}

#[test]
fn document_lists_every_error_code() {
    let mut known: BTreeSet<&str> = TABLE
        .iter()
        .flat_map(|(_, codes)| *codes)
        .copied()
        .collect();
    known.insert("internal");
    assert_eq!(codes(), known);
}

#[test]
fn operations_list_their_error_codes_by_status() {
    let mut used = BTreeSet::from([OF_NO_OPERATION]);
    for operation in operations() {
        let (method, path) = (operation.method, operation.path);
        for (status, response) in operation.described["responses"].as_object().unwrap() {
            let status: u16 = status.parse().unwrap();
            if status < 400 {
                continue;
            }
            let response = resolved(response);
            let schema = &response["content"]["application/json"]["schema"];
            let codes = schema.pointer("/allOf/1/properties/code/enum").unwrap();
            for code in codes.as_array().unwrap() {
                let code = code.as_str().unwrap();
                let is_right = (status, code) == (500, "internal")
                    || TABLE
                        .iter()
                        .any(|(s, codes)| *s == status && codes.contains(&code));
                assert!(is_right, "{method} {path}: {status} {code}");
                used.insert(code);
            }
            let waits = response["headers"]["Retry-After"]["required"] == true;
            assert_eq!(
                waits,
                [429, 503].contains(&status),
                "{method} {path}: {status}"
            );
        }
    }
    assert_eq!(used, codes(), "a code that no operation has");
}
