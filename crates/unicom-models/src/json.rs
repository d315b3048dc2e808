//! Checks of JSON that both database engines must be able to store.

use serde_json::{Map, Value};

/// Returns `true` if `value` contains a NUL character in any key or string.
///
/// PostgreSQL cannot store NUL in text, so it is rejected on input for both engines.
pub fn contains_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(contains_nul),
        Value::Object(fields) => object_contains_nul(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns `true` if `fields` contains a NUL character in any key or string; see [`contains_nul`].
pub fn object_contains_nul(fields: &Map<String, Value>) -> bool {
    fields
        .iter()
        .any(|(key, value)| key.contains('\0') || contains_nul(value))
}
