//! What both engines can keep of JSON.

use serde_json::{Map, Value};

/// Whether a NUL character stands anywhere in `value`, in a key or in a text.
///
/// PostgreSQL cannot keep one in text, so it is refused where it comes in, on both engines alike.
pub fn contains_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(contains_nul),
        Value::Object(fields) => object_contains_nul(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a NUL character stands anywhere in an object; see [`contains_nul`].
pub fn object_contains_nul(fields: &Map<String, Value>) -> bool {
    fields
        .iter()
        .any(|(key, value)| key.contains('\0') || contains_nul(value))
}
