//! `check`: fails unless the OpenAPI document describes a response. Every response in every test is
//! checked.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use super::{DOCUMENT, NO_ROUTE, operations, properties, resolved};
use crate::response::Response;

/// Fails if the document has this path and method but not this response, or if the request
/// succeeded and the document lacks its path.
#[track_caller]
pub fn check(method: &Method, path: &str, answer: &Response) {
    if answer.status == 404 && answer.text().contains(NO_ROUTE) {
        return;
    }
    let path = path.split('?').next().unwrap_or_default();
    let method = method.as_str().to_lowercase();
    if method == "options" && answer.status == 204 {
        // What browsers ask before a request of another site (Fetch standard, CORS preflight).
        return;
    }
    let is_head = method == "head";
    let described = if is_head { "get" } else { &method };
    let Some(operation) =
        operations().find(|operation| operation.method == described && fits(operation.path, path))
    else {
        // Failures occur on any path. A success must have a documented path if the server is
        // mounted under `/unicom`.
        let is_ours = path.starts_with("/unicom/") || path.matches('/').count() == 1;
        assert!(
            answer.status >= 400 || !is_ours,
            "{method} {path} is answered, and not in the document"
        );
        return;
    };
    let asked = format!("{method} {}", operation.path);
    let response = &operation.described["responses"][answer.status.to_string()];
    assert!(
        !response.is_null(),
        "{asked}: {} is not in the document: {}",
        answer.status,
        answer.text()
    );
    let content = resolved(response)["content"].as_object();
    let Some((kind, content)) = content.and_then(|content| content.iter().next()) else {
        assert!(
            answer.body.is_empty(),
            "{asked}: a body beside the document"
        );
        return;
    };
    let sent = answer.header("content-type");
    assert!(
        kind == "*/*" || sent.starts_with(kind.as_str()),
        "{asked}: {sent}, not {kind}"
    );
    if is_head || kind != "application/json" {
        return;
    }
    let schema = &content["schema"];
    let validator = validator(schema);
    let problems: Vec<String> = validator
        .iter_errors(&answer.json)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    let text = answer.text();
    assert!(problems.is_empty(), "{asked}: {problems:?} in {text}");
    if let Some(unknown) = unknown(schema, &answer.json) {
        panic!("{asked}: `{unknown}` is not in the document: {text}");
    }
}

/// Returns `true` if a path matches the template.
pub fn fits(template: &str, path: &str) -> bool {
    let mut path = path.strip_suffix('/').unwrap_or(path).split('/');
    let all = template.split('/').all(|part| {
        path.next()
            .is_some_and(|given| part == given || (part.starts_with('{') && !given.is_empty()))
    });
    all && path.next().is_none()
}

fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap();
    let name = schema.to_string();
    Arc::clone(made.entry(name).or_insert_with(|| {
        let schema = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap())
    }))
}

/// Returns the first field that the schema does not have, if the schema lists its fields.
fn unknown(schema: &'static Value, value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let known = properties(schema);
            fields.iter().find_map(|(name, value)| {
                let found = known.iter().filter(|(known, _)| known == name);
                let mut found = found.map(|(_, schema)| *schema).peekable();
                match found.peek() {
                    None if known.is_empty() => None,
                    None => Some(name.clone()),
                    Some(_) => found.find_map(|schema| unknown(schema, value)),
                }
            })
        }
        Value::Array(values) => {
            let items = &resolved(schema)["items"];
            values.iter().find_map(|value| unknown(items, value))
        }
        _ => None,
    }
}
