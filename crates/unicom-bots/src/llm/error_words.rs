//! [`words`]: what a provider says about an error, in any of the usual formats.

use serde_json::Value;

/// Maximum depth of a message in the JSON of an error.
const DEEPEST: usize = 6;

/// Maximum number of entries of a list of errors that are read.
const MOST: usize = 3;

/// Maximum length of a body that is read as plain text, in bytes.
const LONGEST_TEXT: usize = 4_000;

/// The fields that hold a message, or an object with one.
const FIELDS: [&str; 9] = [
    "error",
    "message",
    "Message",
    "detail",
    "msg",
    "errors",
    "error_description",
    "title",
    "reason",
];

/// Returns the message in the body of an error, which is empty if there is none. `json` is the body
/// as JSON, or null if it is none: then `body` is read as plain text, or as the title of a page.
pub(super) fn words(json: &Value, body: &[u8]) -> String {
    if !json.is_null() {
        return of_json(json, 0).unwrap_or_default();
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(LONGEST_TEXT)]);
    match text.trim_start().starts_with('<') {
        true => title(&text).unwrap_or_default().to_owned(),
        false => text.into_owned(),
    }
}

fn of_json(value: &Value, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    match value {
        // Some servers pass on the body of another server as a string.
        Value::String(text) => match text.trim_start().starts_with(['{', '[']) {
            true => serde_json::from_str(text)
                .ok()
                .and_then(|inner| of_json(&inner, depth + 1))
                .or_else(|| Some(text.clone())),
            false => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        },
        Value::Array(entries) => {
            let entries = entries.iter().take(MOST);
            let said: Vec<String> = entries.filter_map(|one| of_json(one, depth + 1)).collect();
            Some(said.join("; ")).filter(|said| !said.is_empty())
        }
        Value::Object(fields) => {
            let said = FIELDS
                .iter()
                .filter_map(|name| fields.get(*name))
                .find_map(|field| of_json(field, depth + 1));
            let place = fields.get("loc").and_then(place);
            let said = match (place, said) {
                (Some(place), Some(said)) => Some(format!("{place}: {said}")),
                (_, said) => said,
            };
            // What the provider behind a router says.
            let raw = value
                .get("metadata")
                .and_then(|metadata| metadata.get("raw"));
            match (said, raw.and_then(|raw| of_json(raw, depth + 1))) {
                (Some(said), Some(raw)) => Some(format!("{said}: {raw}")),
                (said, raw) => said.or(raw),
            }
        }
        _ => None,
    }
}

/// Returns the path of an invalid field.
fn place(path: &Value) -> Option<String> {
    let parts = path.as_array()?.iter().map(|part| match part {
        Value::String(part) => part.clone(),
        part => part.to_string(),
    });
    Some(parts.collect::<Vec<_>>().join("."))
}

/// Returns the title of an HTML page.
fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let begin = lower.find("<title>")? + "<title>".len();
    let end = begin + lower[begin..].find('<')?;
    html.get(begin..end)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::words;

    #[test]
    fn words_of_all_formats_are_found() {
        let inner = json!({"error": {"message": "inner words"}}).to_string();
        for (body, expected) in [
            (
                json!({"error": {"message": "words", "type": "x", "code": null}}),
                "words",
            ),
            (
                json!({"type": "error", "error": {"type": "x", "message": "words"}}),
                "words",
            ),
            (
                json!([{"error": {"code": 400, "message": "words", "status": "X"}}]),
                "words",
            ),
            (json!({"error": "words"}), "words"),
            (json!({"error": ["words"]}), "words"),
            (
                json!({"object": "error", "message": "words", "code": 400}),
                "words",
            ),
            (json!({"detail": "words"}), "words"),
            (json!({"Message": "words"}), "words"),
            (
                json!({"detail": [{"loc": ["body", "max_tokens"], "msg": "Extra inputs"}]}),
                "body.max_tokens: Extra inputs",
            ),
            (
                json!({"object": "error", "message": {"detail": [{"loc": ["body", 1], "msg": "wrong"}]}}),
                "body.1: wrong",
            ),
            (
                json!({"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": inner}}}),
                "Provider returned error: inner words",
            ),
            (json!({"statusCode": 401, "message": "words"}), "words"),
            (json!("words"), "words"),
            (json!({"error": {}}), ""),
            (json!({"x": 1}), ""),
            (json!(7), ""),
        ] {
            assert_eq!(words(&body, b""), expected, "{body}");
        }
        let mut deep = json!("words");
        for _ in 0..100 {
            deep = json!({ "error": deep });
        }
        assert_eq!(words(&deep, b""), "");
        for (body, expected) in [
            ("model not found", "model not found"),
            (
                "<html><head><TITLE>502 Bad Gateway</TITLE>",
                "502 Bad Gateway",
            ),
            ("<html>", ""),
            ("", ""),
        ] {
            assert_eq!(words(&Value::Null, body.as_bytes()), expected, "{body}");
        }
    }
}
