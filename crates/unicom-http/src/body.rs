//! Bodies: read up to a limit, then field by field, with an error that names the field and what it may be.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use serde_json::{Map, Value};
use unicom_models::ChannelId;

use crate::ApiError;
use crate::parameters::Parameters;

/// The fields of a body. `null` counts as missing; fields that nobody asks for are ignored.
#[derive(Debug, Default)]
pub struct Fields(Map<String, Value>);

/// Reads a JSON object of at most `limit` bytes; an empty body counts as an empty object.
///
/// # Errors
/// [`ApiError::unsupported_media_type`], [`ApiError::too_large`], [`ApiError::invalid_json`],
/// [`ApiError::invalid_body`] for JSON that is no object.
pub async fn read_json(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<Fields, ApiError> {
    let kind = content_type(request);
    let bytes = read(request, payload, limit).await?;
    if bytes.is_empty() && kind.is_empty() {
        return Ok(Fields::default());
    }
    if kind != "application/json" {
        return Err(ApiError::unsupported_media_type(
            "the body must be `application/json`",
        ));
    }
    Fields::from_json(&bytes)
}

/// The body's MIME type in lower case, without parameters; empty where the request names none.
pub(crate) fn content_type(request: &HttpRequest) -> String {
    let value = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<web::Bytes, ApiError> {
    let too_large = || ApiError::too_large(format!("the body must be at most {limit} bytes long"));
    let announced = request
        .headers()
        .get("content-length")
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    payload
        .to_bytes_limited(limit)
        .await
        .map_err(|_| too_large())?
        .map_err(|_| ApiError::invalid_body("the body did not arrive whole"))
}

impl Fields {
    /// The fields of a JSON object.
    ///
    /// # Errors
    /// [`ApiError::invalid_json`], [`ApiError::invalid_body`] for JSON that is no object.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(ApiError::invalid_body("the body must be a JSON object")),
            Err(_) => Err(ApiError::invalid_json("the body must be JSON in UTF-8")),
        }
    }

    /// The fields of a form; empty ones count as missing, and `metadata` is JSON.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] where `metadata` is no JSON.
    pub fn from_form(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ApiError> {
        let mut fields = Map::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let value = if name == "metadata" {
                serde_json::from_str(&value).map_err(|_| {
                    ApiError::invalid_body("`metadata` must be a JSON object as text")
                })?
            } else {
                Value::String(value)
            };
            fields.insert(name, value);
        }
        Ok(Self(fields))
    }

    /// A text.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for anything else.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid_body(format!("`{name}` must be a text"))),
        }
    }

    /// A yes or no.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for anything else.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(ApiError::invalid_body(format!(
                "`{name}` must be true or false"
            ))),
        }
    }

    /// An object.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`] for anything else.
    pub fn object(&mut self, name: &str) -> Result<Option<Map<String, Value>>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(ApiError::invalid_body(format!(
                "`{name}` must be an object"
            ))),
        }
    }

    /// `channel_id`, as a number or, in a form, as its text; where the body has none, the query's.
    ///
    /// # Errors
    /// [`ApiError::invalid_body`], [`ApiError::invalid_parameter`] for anything else.
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
