//! Parses JSON sent by clients into the type of a request's body.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};
use unicom_core::json_error;
use unicom_core::json_text::repaired;
use unicom_models::ChannelId;

use crate::ApiError;
use crate::unique_json::{self, NotUnique};

/// Maximum nesting of objects and arrays in a body, including the body itself. Parsers in many
/// languages accept at most 128 levels, and the data is nested a few levels deeper in responses and
/// exports.
const DEEPEST: usize = 110;

const NOT_A_CHANNEL_ID: &str = "must be the number of a channel";

/// Parses a JSON object, which may begin with a byte order mark and have halves of characters
/// ([`repaired`]).
///
/// # Errors
/// [`ApiError::invalid_json`] if it is not JSON, is too deep or has an object that names a field
/// twice; [`ApiError::invalid_body`] for JSON that is not a `T`, naming the field that is invalid.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    match unique_json::from_slice(&repaired(bytes)) {
        Ok(Value::Object(fields)) if object_depth(&fields) <= DEEPEST => {
            serde_path_to_error::deserialize(Value::Object(fields))
                .map_err(|error| ApiError::invalid_body(json_error::sentence(error)))
        }
        Err(NotUnique::Twice(name)) => Err(twice(&name)),
        Ok(Value::Object(_)) | Err(NotUnique::NotJson) => Err(ApiError::invalid_json(format!(
            "the body must be JSON in UTF-8, at most {DEEPEST} levels deep"
        ))),
        Ok(_) => Err(ApiError::invalid_body("the body must be a JSON object")),
    }
}

/// Parses the JSON object in the field `metadata` of a form.
///
/// # Errors
/// [`ApiError::invalid_body`] if it is not a JSON object or is too deep;
/// [`ApiError::invalid_json`] if an object in it names a field twice.
pub(crate) fn parse_metadata(text: &str) -> Result<Map<String, Value>, ApiError> {
    match unique_json::from_slice(&repaired(text.as_bytes())) {
        Ok(Value::Object(fields)) if object_depth(&fields) < DEEPEST => Ok(fields),
        Ok(Value::Object(_)) => Err(ApiError::invalid_body(format!(
            "`metadata` must be at most {} levels deep",
            DEEPEST - 1
        ))),
        Ok(_) => Err(ApiError::invalid_body("`metadata` must be an object")),
        Err(NotUnique::Twice(name)) => Err(twice(&name)),
        Err(NotUnique::NotJson) => Err(ApiError::invalid_body(
            "`metadata` must be a JSON object encoded as a string",
        )),
    }
}

/// Deserializes an id. An empty one counts as missing, as in a form.
///
/// # Errors
/// If it is not a string.
pub(crate) fn non_empty<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(T::from))
}

/// Deserializes the number of a channel, also from a string: HTML attributes are strings. An empty
/// one counts as missing.
///
/// # Errors
/// If it is neither.
pub(crate) fn channel_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ChannelId>, D::Error> {
    let id = match Option::<Value>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Value::Number(number)) => number.as_i64().map(ChannelId),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    id.map(Some)
        .ok_or_else(|| D::Error::custom(NOT_A_CHANNEL_ID))
}

/// Parses the number of a channel in a form.
///
/// # Errors
/// [`ApiError::invalid_body`] for any other value.
pub(crate) fn parse_channel_id(text: &str) -> Result<ChannelId, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid_body(format!("`channel_id` {NOT_A_CHANNEL_ID}")))
}

fn twice(name: &str) -> ApiError {
    ApiError::invalid_json(format!("the field `{name}` must not be repeated"))
}

fn object_depth(fields: &Map<String, Value>) -> usize {
    1 + fields.values().map(depth).max().unwrap_or(0)
}

/// Returns the nesting depth of a value. The parser limits it, so the recursion is bounded.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(fields) => object_depth(fields),
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
