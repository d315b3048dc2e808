//! The failures of an operation in the OpenAPI document, grouped by status.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::Kind;

/// Adds the failures with these codes to an operation's responses. Each distinct set of codes is
/// described once, in `shared`.
pub(super) fn add_failures(
    responses: &mut Value,
    shared: &mut BTreeMap<String, Value>,
    codes: &[&str],
) {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::ALL {
        if codes.contains(&kind.code()) {
            let same_status = by_status.entry(kind.status().as_u16()).or_default();
            same_status.push(*kind);
        }
    }
    for (status, kinds) in by_status {
        let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
        let name = codes.join(".");
        responses[status.to_string()] = json!({ "$ref": format!("#/components/responses/{name}") });
        shared
            .entry(name)
            .or_insert_with(|| response(&kinds, &codes));
    }
}

fn response(kinds: &[Kind], codes: &[&str]) -> Value {
    let says = |kind: &Kind| format!("`{}`: {}", kind.code(), kind.description());
    let says: Vec<String> = kinds.iter().map(says).collect();
    let mut response = json!({
        "description": says.join("\n\n"),
        "content": { "application/json": { "schema": { "allOf": [
            { "$ref": "#/components/schemas/Failure" },
            { "properties": { "code": { "enum": codes } } },
        ] } } },
    });
    if kinds.iter().all(|kind| kind.has_retry_after()) {
        response["headers"]["Retry-After"] = json!({
            "description": "Seconds after which trying again may help.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
        });
    }
    response
}
