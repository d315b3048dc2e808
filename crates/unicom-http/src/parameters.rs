//! `Parameters`: query parameters, read and validated by name.

use std::str::FromStr;

use actix_web::HttpRequest;
use unicom_models::{ChannelId, MessageId, UnknownValue};
use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{Object, ObjectBuilder};

use crate::ApiError;

/// Maximum length of a parameter's name or value in bytes. No id, name or cursor is longer.
const LONGEST: usize = 1024;

/// Returns the schema of an integer of at least 1, without a maximum.
pub(crate) fn from_one() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .build()
}

/// The parameters of a paginated list, for the OpenAPI document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct PageParameters {
    /// Entries per page: 50 by default; values over 100 count as 100.
    #[param(schema_with = from_one)]
    limit: Option<u32>,
    /// The `next_cursor` of an earlier page.
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// The parameters of a page of messages, for the OpenAPI document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct MessageParameters {
    /// Messages per page: 50 by default; values over 100 count as 100.
    #[param(schema_with = from_one)]
    limit: Option<u32>,
    /// Messages before this one; not together with `after`.
    before: Option<MessageId>,
    /// Messages immediately after this one; not together with `before`.
    after: Option<MessageId>,
    /// `desc` (the default): newest first; or `asc`.
    #[param(inline)]
    order: Option<MessageOrder>,
}

/// The order of the messages on a page.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) enum MessageOrder {
    Desc,
    Asc,
}

/// The query parameters of a request, in order.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses the query of a request.
    ///
    /// # Errors
    /// [`ApiError::invalid_parameter`] if the query is malformed, or if a parameter is given twice,
    /// is too long or contains NUL.
    pub fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(request.query_string())
            .map_err(|_| {
                ApiError::invalid_parameter("the query must be `name=value` pairs joined by `&`")
            })?;
        for (index, (name, value)) in pairs.iter().enumerate() {
            let is_wrong = |text: &str| text.len() > LONGEST || text.contains('\0');
            if is_wrong(name) {
                return Err(ApiError::invalid_parameter(format!(
                    "the name of a parameter must be at most {LONGEST} bytes long and have no NUL character"
                )));
            }
            if is_wrong(value) {
                return Err(ApiError::invalid_parameter(format!(
                    "`{name}` must be at most {LONGEST} bytes long and have no NUL character"
                )));
            }
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(ApiError::invalid_parameter(format!(
                    "`{name}` must not be repeated"
                )));
            }
        }
        Ok(Self(pairs))
    }

    /// Returns the value of a parameter. Returns `None` if it is missing or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Parses the query of a request, whose parameters must all be in `known`.
    ///
    /// # Errors
    /// [`ApiError::unknown_filter`] for any other parameter, with the names of the known ones; and
    /// the errors of [`Parameters::of`].
    pub fn known(request: &HttpRequest, known: &[&str]) -> Result<Self, ApiError> {
        let parameters = Self::of(request)?;
        if parameters.pairs().all(|(name, _)| known.contains(&name)) {
            return Ok(parameters);
        }
        Err(ApiError::unknown_filter(match known {
            [] => "this list takes no parameters: it comes whole".to_owned(),
            known => format!("the parameters may be `{}`", known.join("`, `")),
        }))
    }

    /// Returns a parameter that must be one of a fixed set of names.
    pub fn choice<T: FromStr<Err = UnknownValue>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, ApiError> {
        let parse = |value: &str| {
            value.parse().map_err(|error: UnknownValue| {
                ApiError::invalid_parameter(format!("`{name}` must be one of {}", error.choices))
            })
        };
        self.get(name).map(parse).transpose()
    }

    /// Returns a parameter that must be an id. `what` names the kind of id for the error message.
    pub fn id<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, ApiError> {
        let parse = |value: &str| {
            value.parse().map_err(|_| {
                ApiError::invalid_parameter(format!("`{name}` must be the id of a {what}"))
            })
        };
        self.get(name).map(parse).transpose()
    }

    /// Returns all parameters as pairs of name and value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns `limit`: 50 by default; values over 100 count as 100.
    pub fn limit(&self) -> Result<u32, ApiError> {
        let Some((_, value)) = self.0.iter().find(|(name, _)| name == "limit") else {
            return Ok(50);
        };
        // A number that is too long for `u32` is also over 100.
        let digits = value.trim_start_matches('0');
        if value.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
            return Ok(digits.parse().unwrap_or(100).min(100));
        }
        Err(ApiError::invalid_parameter(
            "`limit` must be an integer from 1 to 100",
        ))
    }

    /// Returns `channel_id`.
    pub fn channel_id(&self) -> Result<Option<ChannelId>, ApiError> {
        let parse = |value: &str| {
            value.parse().map_err(|_| {
                ApiError::invalid_parameter("`channel_id` must be the number of a channel")
            })
        };
        self.get("channel_id").map(parse).transpose()
    }

    /// Returns a boolean parameter.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.get(name).map(|value| flag(name, value)).transpose()
    }
}

/// Parses a boolean parameter.
pub(crate) fn flag(name: &str, value: &str) -> Result<bool, ApiError> {
    match value {
        "true" | "True" | "1" => Ok(true),
        "false" | "False" | "0" => Ok(false),
        _ => Err(ApiError::invalid_parameter(format!(
            "`{name}` must be `true` or `false`"
        ))),
    }
}
