//! Checks that every response must pass.

use actix_web::http::Method;
use serde_json::Value;
use unicom_http::openapi::Kind;

use crate::app::{Answer, BASE};
use crate::requests::Asked;
use crate::secrets::tells_no_internals;

/// Checks a response. `folder` is the folder of the server's files, which must not appear in an
/// error.
pub(crate) fn must_be_right(asked: &Asked, answer: &Answer, folder: &str) {
    assert!(
        answer.status < 500 || answer.status == 503,
        "answered {} {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    if answer.status >= 400 {
        must_be_a_failure(asked, answer, folder);
    } else if answer.has_type("application/json") && !asked.target.path().ends_with("openapi.json")
    {
        assert_eq!(json(answer)["success"], true);
    }
    if answer.status < 300 && asked.target.path().starts_with(BASE) {
        let cached = header(answer, "cache-control");
        // Connections that stay open are stored by no cache.
        let is_open = answer.status == 101 || answer.has_type("text/event-stream");
        let may_be = if is_open || answer.has_type("application/json") {
            "no-store"
        } else {
            "private, no-store"
        };
        assert!(
            cached.contains(may_be) || asked.target.path().ends_with("openapi.json"),
            "`Cache-Control: {cached}`"
        );
        assert_eq!(header(answer, "x-content-type-options"), "nosniff");
    }
}

/// Checks that the body is `{"success": false, "error", "code"}`, with a documented code and the
/// status of that code.
fn must_be_a_failure(asked: &Asked, answer: &Answer, folder: &str) {
    if asked.method == Method::HEAD && answer.body.is_empty() {
        return;
    }
    assert!(
        answer.has_type("application/json"),
        "a failure that is not JSON: {answer:?}"
    );
    let failure = json(answer);
    assert_eq!(failure["success"], false);
    assert_eq!(
        failure.as_object().map(serde_json::Map::len),
        Some(3),
        "{failure}"
    );
    let code = failure["code"].as_str().unwrap_or_default();
    let is_known = |kind: &&Kind| kind.code() == code && kind.status().as_u16() == answer.status;
    assert!(
        Kind::ALL.iter().any(|kind| is_known(&kind)),
        "{} with code `{code}`",
        answer.status
    );
    let sentence = failure["error"].as_str().unwrap_or_default();
    assert!(
        !sentence.is_empty() && !sentence.contains(char::is_control),
        "{sentence:?}"
    );
    tells_no_internals(asked, sentence, folder);
    let waits = answer.headers.contains_key("retry-after");
    assert_eq!(waits, [429, 503].contains(&answer.status));
}

/// Returns the code of an error response.
pub(crate) fn code(answer: &Answer) -> Option<String> {
    (answer.status >= 400)
        .then(|| json(answer)["code"].as_str().map(str::to_owned))
        .flatten()
}

/// Parses the body as JSON.
pub(crate) fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("{error}: {}", answer.body.escape_ascii()))
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
