//! `Fields`: the fields of a request body, read and validated by name.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ApiError;

/// Maximum number of ids in a list.
const MOST_IDS: usize = 1000;

/// The fields of a body. `null` counts as missing unless a method says otherwise. Fields that are
/// never read are ignored.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Fields(Map<String, Value>);

impl Fields {
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
}
