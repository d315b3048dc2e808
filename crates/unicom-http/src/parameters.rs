//! Query parameters: checked, then deserialized into the types that also describe them.

use actix_web::HttpRequest;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use unicom_core::paging::{Anchor, Order, Paging};
use unicom_core::{CoreError, json_error};
use unicom_models::{ChannelId, MessageId};
use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{Object, ObjectBuilder};

use crate::ApiError;

/// Maximum length of a parameter's name or value in bytes. No id, name or cursor is longer.
const LONGEST: usize = 1024;

/// Maximum number of entries on a page.
const LARGEST_PAGE: u32 = 100;

/// The parameters of a paginated list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// Entries per page: 50 by default; values over 100 count as 100.
    #[serde(default = "default_limit", deserialize_with = "limit")]
    #[param(schema_with = limit_schema)]
    pub limit: u32,
    /// The `next_cursor` of an earlier page.
    #[param(max_length = 1024)]
    pub cursor: Option<String>,
}

/// The parameters of a visitor's list of chats. Clients that know no pages show all chats of most
/// visitors.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChatPageParameters {
    /// Chats per page: 100 by default, which is the maximum; larger values count as 100.
    #[serde(default = "largest_limit", deserialize_with = "limit")]
    #[param(schema_with = limit_schema)]
    pub limit: u32,
    /// The `next_cursor` of an earlier page.
    #[param(max_length = 1024)]
    pub cursor: Option<String>,
}

/// The parameters of a page of messages.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageParameters {
    /// Messages per page: 50 by default; values over 100 count as 100.
    #[serde(default = "default_limit", deserialize_with = "limit")]
    #[param(schema_with = limit_schema)]
    pub limit: u32,
    /// Messages before this one; not together with `after` or `around`.
    #[param(value_type = Option<MessageId>)]
    pub before: Option<String>,
    /// Messages immediately after this one; not together with `before` or `around`.
    #[param(value_type = Option<MessageId>)]
    pub after: Option<String>,
    /// This message with as many older and newer ones as the page has room for, about half of each;
    /// not together with `before` or `after`.
    #[param(value_type = Option<MessageId>)]
    pub around: Option<String>,
    /// `desc` (the default): newest first; or `asc`.
    #[param(inline)]
    pub order: Option<MessageOrder>,
}

/// The order of the messages on a page.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageOrder {
    Desc,
    Asc,
}

impl MessageParameters {
    /// Returns the page that is requested.
    ///
    /// # Errors
    /// [`ApiError::invalid_parameter`] for two of `before`, `after` and `around`, and
    /// [`CoreError::InvalidCursor`] for one that is not an id.
    pub fn paging(self) -> Result<Paging, ApiError> {
        let id = |id: String| id.parse().map_err(|_| CoreError::InvalidCursor);
        let anchor = match (self.before, self.after, self.around) {
            (Some(before), None, None) => Some(Anchor::Before(id(before)?)),
            (None, Some(after), None) => Some(Anchor::After(id(after)?)),
            (None, None, Some(around)) => Some(Anchor::Around(id(around)?)),
            (None, None, None) => None,
            _ => {
                return Err(ApiError::invalid_parameter(
                    "give only one of `before`, `after` and `around`",
                ));
            }
        };
        let order = match self.order {
            None | Some(MessageOrder::Desc) => Order::NewestFirst,
            Some(MessageOrder::Asc) => Order::OldestFirst,
        };
        let limit = self.limit;
        Ok(Paging {
            anchor,
            order,
            limit,
        })
    }
}

/// The query parameters of a request, in order. No parameter is given twice, is too long or
/// contains NUL.
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

    /// Checks that there are no parameters with other names.
    fn check_names(&self, known: &[String]) -> Result<(), ApiError> {
        if self.0.iter().all(|(name, _)| known.contains(name)) {
            return Ok(());
        }
        Err(ApiError::unknown_filter(match known {
            [] => "this list takes no parameters: it comes whole".to_owned(),
            known => format!("the parameters may be `{}`", known.join("`, `")),
        }))
    }

    /// Returns the parameters as `T`, and ignores those that `T` does not have. An empty parameter
    /// counts as missing, except `limit`.
    ///
    /// # Errors
    /// [`ApiError::invalid_parameter`] names the parameter that is invalid.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        deserialize(
            self.pairs()
                .filter(|(name, value)| !value.is_empty() || *name == "limit"),
        )
    }

    /// Returns the parameters as `T` like [`Parameters::read`], except that an empty parameter is
    /// an empty value.
    ///
    /// # Errors
    /// [`ApiError::invalid_parameter`] names the parameter that is invalid.
    pub fn read_with_empty<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        deserialize(self.pairs())
    }

    /// Returns all parameters as pairs of name and value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn deserialize<'a, T: DeserializeOwned>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<T, ApiError> {
    // serde_urlencoded reads numbers and booleans from a query only, so the pairs become one again.
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| ApiError::invalid_parameter(json_error::sentence(error)))
}

/// Returns the names of the parameters that `T` has.
pub(crate) fn names<T: utoipa::IntoParams>() -> Vec<String> {
    let described = T::into_params(|| None).into_iter();
    described.map(|parameter| parameter.name).collect()
}

/// Reads the parameters of a request, which must all be among those of `T`.
///
/// # Errors
/// [`ApiError::unknown_filter`] for any other parameter, with the names of the known ones; and the
/// errors of [`Parameters::of`] and [`Parameters::read`].
pub(crate) fn read_only<T: DeserializeOwned + utoipa::IntoParams>(
    request: &HttpRequest,
) -> Result<T, ApiError> {
    let parameters = Parameters::of(request)?;
    parameters.check_names(&names::<T>())?;
    parameters.read()
}

/// Reads the filters of a list and the parameters of its page, of type `P`. No other parameters are
/// accepted.
///
/// # Errors
/// Those of [`read_only`].
pub(crate) fn read_page<T, P>(request: &HttpRequest) -> Result<(T, P), ApiError>
where
    T: DeserializeOwned + utoipa::IntoParams,
    P: DeserializeOwned + utoipa::IntoParams,
{
    let parameters = Parameters::of(request)?;
    parameters.check_names(&[names::<T>(), names::<P>()].concat())?;
    Ok((parameters.read()?, parameters.read()?))
}

/// Checks that a request has no parameters, for a list that always comes whole.
///
/// # Errors
/// [`ApiError::unknown_filter`] if there are any; and the errors of [`Parameters::of`].
pub(crate) fn none(request: &HttpRequest) -> Result<(), ApiError> {
    Parameters::of(request)?.check_names(&[])
}

/// The channel as a parameter of a route whose body may name it instead.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChannelParameter {
    /// The channel, unless the body names one.
    pub channel_id: Option<ChannelId>,
}

/// Returns the channel that the body names, or else the one in the query.
///
/// # Errors
/// Those of [`Parameters::of`] and [`Parameters::read`].
pub(crate) fn channel_id_or_parameter(
    in_body: Option<ChannelId>,
    request: &HttpRequest,
) -> Result<Option<ChannelId>, ApiError> {
    match in_body {
        Some(id) => Ok(Some(id)),
        None => Ok(Parameters::of(request)?
            .read::<ChannelParameter>()?
            .channel_id),
    }
}

/// Returns the number of entries on a page by default.
pub(crate) fn default_limit() -> u32 {
    50
}

/// Returns the maximum number of entries on a page.
fn largest_limit() -> u32 {
    LARGEST_PAGE
}

/// Deserializes the number of entries on a page.
pub(crate) fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = String::deserialize(deserializer)?;
    let digits = value.trim_start_matches('0');
    if digits.is_empty() || value.bytes().any(|byte| !byte.is_ascii_digit()) {
        let problem = format!("must be an integer from 1 to {LARGEST_PAGE}");
        return Err(D::Error::custom(problem));
    }
    // A number that is too long for `u32` is also over the maximum.
    let limit = digits.parse().unwrap_or(LARGEST_PAGE);
    Ok(limit.min(LARGEST_PAGE))
}

/// Returns the schema of the number of entries on a page: larger numbers count as the maximum.
pub(crate) fn limit_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .build()
}

/// Deserializes a boolean parameter: also as Python and HTML forms write it.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let value = String::deserialize(deserializer)?;
    parse_flag(&value).map(Some).map_err(D::Error::custom)
}

/// Parses a boolean parameter.
pub(crate) fn parse_flag(value: &str) -> Result<bool, &'static str> {
    match value {
        "true" | "True" | "1" => Ok(true),
        "false" | "False" | "0" => Ok(false),
        _ => Err("must be `true` or `false`"),
    }
}
