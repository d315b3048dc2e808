//! Access to the fields of a matcher's JSON, with error messages that name the field.
//!
//! This does not use serde, because its messages about a wrong type do not name the field.

use serde_json::{Map, Value};

use unicom_core::matchers::InvalidMatcher;

/// The supported kinds of matchers, as named in JSON.
pub(super) const KINDS: [&str; 5] = ["always", "keywords", "regex", "script", "custom"];

/// Returns the kind of a matcher, and its fields.
pub(super) fn of(matcher: &Value) -> Result<(&str, &Map<String, Value>), InvalidMatcher> {
    let fields = matcher.as_object().ok_or_else(|| {
        InvalidMatcher("expected an object such as `{\"kind\": \"always\"}`".to_owned())
    })?;
    match fields.get("kind") {
        Some(Value::String(kind)) => Ok((kind, fields)),
        _ => Err(InvalidMatcher(format!(
            "`kind` must be one of {}",
            KINDS.join(", ")
        ))),
    }
}

/// Returns an error if there are fields other than `kind` and those in `names`.
pub(super) fn only(fields: &Map<String, Value>, names: &[&str]) -> Result<(), InvalidMatcher> {
    let known = |name: &&String| *name == "kind" || names.contains(&name.as_str());
    match fields.keys().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => Err(InvalidMatcher(format!(
            "unknown field `{name}`: expected {}",
            [&["kind"], names].concat().join(", ")
        ))),
    }
}

/// Returns the value of a required string.
pub(super) fn text<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> Result<&'a str, InvalidMatcher> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| InvalidMatcher(format!("`{name}` must be a string")))
}

/// Returns a list of strings, or `None` if the field is missing.
pub(super) fn texts<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<Vec<&'a str>>, InvalidMatcher> {
    let Some(value) = fields.get(name) else {
        return Ok(None);
    };
    value
        .as_array()
        .and_then(|items| items.iter().map(Value::as_str).collect())
        .map(Some)
        .ok_or_else(|| InvalidMatcher(format!("`{name}` must be a list of strings")))
}

/// Returns the value of a boolean, which defaults to `false`.
pub(super) fn flag(fields: &Map<String, Value>, name: &str) -> Result<bool, InvalidMatcher> {
    match fields.get(name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(InvalidMatcher(format!("`{name}` must be true or false"))),
    }
}
