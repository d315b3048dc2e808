//! `Fields`: the fields of a request body, read and validated by name.

use std::str::FromStr;

use actix_web::HttpRequest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use unicom_models::ChannelId;

use crate::ApiError;
use crate::parameters::Parameters;
use crate::unique_json::{self, NotUnique};

/// Maximum nesting of objects and arrays in a body, including the body itself. Parsers in many
/// languages accept at most 128 levels, and the data is nested a few levels deeper in responses and
/// exports.
const DEEPEST: usize = 110;

/// Maximum number of ids in a list.
const MOST_IDS: usize = 1000;

/// The fields of a body. `null` counts as missing unless a method says otherwise. Fields that are
/// never read are ignored.
#[derive(Debug, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Parses a JSON object.
    ///
    /// # Errors
    /// [`ApiError::invalid_json`] if it is not JSON, is too deep or has an object that names a
    /// field twice; [`ApiError::invalid_body`] for JSON that is not an object.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ApiError> {
        match unique_json::from_slice(bytes) {
            Ok(Value::Object(fields)) if object_depth(&fields) <= DEEPEST => Ok(Self(fields)),
            Err(NotUnique::Twice(name)) => Err(twice(&name)),
            Ok(Value::Object(_)) | Err(NotUnique::NotJson) => Err(ApiError::invalid_json(format!(
                "the body must be JSON in UTF-8, at most {DEEPEST} levels deep"
            ))),
            Ok(_) => Err(ApiError::invalid_body("the body must be a JSON object")),
        }
    }

    /// Creates fields from those of a form. Empty fields count as missing, and `metadata` is parsed
    /// as JSON.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] if `metadata` is not JSON or is too deep;
    /// [`ApiError::invalid_json`] if an object in it names a field twice.
    pub fn from_form(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ApiError> {
        let mut fields = Map::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let value = if name == "metadata" {
                unique_json::from_slice(value.as_bytes()).map_err(|error| match error {
                    NotUnique::Twice(name) => twice(&name),
                    NotUnique::NotJson => ApiError::invalid_body(
                        "`metadata` must be a JSON object encoded as a string",
                    ),
                })?
            } else {
                Value::String(value)
            };
            fields.insert(name, value);
        }
        if object_depth(&fields) > DEEPEST {
            return Err(ApiError::invalid_body(format!(
                "`metadata` must be at most {} levels deep",
                DEEPEST - 1
            )));
        }
        Ok(Self(fields))
    }

    /// Returns the remaining fields as a JSON object.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Takes a string.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other type.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid_body(format!("`{name}` must be a string"))),
        }
    }

    /// Takes a required string.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] if it is missing or of any other type.
    pub fn required_text(&mut self, name: &str) -> Result<String, ApiError> {
        self.text(name)?.ok_or_else(|| {
            ApiError::invalid_body(format!("`{name}` is missing: it must be a string"))
        })
    }

    /// Takes a string or `null`. Returns `Some(None)` for `null` and `None` if the field is
    /// missing.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other type.
    pub fn text_or_null(&mut self, name: &str) -> Result<Option<Option<String>>, ApiError> {
        match self.value_or_null(name) {
            None => Ok(None),
            Some(None) => Ok(Some(None)),
            Some(Some(Value::String(text))) => Ok(Some(Some(text))),
            Some(Some(_)) => Err(ApiError::invalid_body(format!(
                "`{name}` must be a string or null"
            ))),
        }
    }

    /// Takes any value. Returns `Some(None)` for `null` and `None` if the field is missing.
    pub fn value_or_null(&mut self, name: &str) -> Option<Option<Value>> {
        match self.0.remove(name)? {
            Value::Null => Some(None),
            value => Some(Some(value)),
        }
    }

    /// Takes an integer.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other value.
    pub fn number(&mut self, name: &str) -> Result<Option<i32>, ApiError> {
        let what = format!("an integer from {} to {}", i32::MIN, i32::MAX);
        self.parsed(name, &what)
    }

    /// Takes an id or `null`; `what` names the kind of id for the error message. Returns
    /// `Some(None)` for `null` and `None` if the field is missing.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other value.
    pub fn id_or_null<T: FromStr>(
        &mut self,
        name: &str,
        what: &str,
    ) -> Result<Option<Option<T>>, ApiError> {
        let wrong =
            || ApiError::invalid_body(format!("`{name}` must be the id of a {what} or null"));
        match self.value_or_null(name) {
            None => Ok(None),
            Some(None) => Ok(Some(None)),
            Some(Some(Value::String(id))) => {
                id.parse().map(|id| Some(Some(id))).map_err(|_| wrong())
            }
            Some(Some(_)) => Err(wrong()),
        }
    }

    /// Takes a value that deserializes as `T`; `what` describes the accepted values for the error
    /// message.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other value.
    pub(crate) fn parsed<T: DeserializeOwned>(
        &mut self,
        name: &str,
        what: &str,
    ) -> Result<Option<T>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|_| ApiError::invalid_body(format!("`{name}` must be {what}"))),
        }
    }

    /// Takes a list of at most 1,000 ids.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other value.
    pub fn ids<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<Vec<T>>, ApiError> {
        let what = format!("a list of up to {MOST_IDS} ids");
        let list: Option<Vec<T>> = self.parsed(name, &what)?;
        if list.as_ref().is_some_and(|list| list.len() > MOST_IDS) {
            return Err(ApiError::invalid_body(format!("`{name}` must be {what}")));
        }
        Ok(list)
    }

    /// Takes a boolean.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other type.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(ApiError::invalid_body(format!(
                "`{name}` must be true or false"
            ))),
        }
    }

    /// Takes an object.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for any other type.
    pub fn object(&mut self, name: &str) -> Result<Option<Map<String, Value>>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(ApiError::invalid_body(format!(
                "`{name}` must be an object"
            ))),
        }
    }

    /// Takes `channel_id`, a number or, in a form, its decimal string. Falls back to the query
    /// parameter if the body does not have it.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] or [`ApiError::invalid_parameter`] for any other value.
    pub fn channel_id(&mut self, request: &HttpRequest) -> Result<Option<ChannelId>, ApiError> {
        let number = match self.0.remove("channel_id") {
            None | Some(Value::Null) => return Parameters::of(request)?.channel_id(),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number
            .map(|number| Some(ChannelId(number)))
            .ok_or_else(|| ApiError::invalid_body("`channel_id` must be the number of a channel"))
    }
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
