//! The filters of the list of chats. The list of filters is fixed and never a path into the
//! database.
//!
//! In the original, any model field could be used as a filter, and a guest could read password
//! hashes through it.

use serde::Deserialize;
use unicom_db::queries::chat_filters::{ChatFilters, Comparison, MetadataFilter, MetadataKey};
use unicom_models::ChatId;
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, Required};

use crate::ApiError;
use crate::parameters::{ChannelParameter, PageParameters, Parameters, flag, names};

/// The parameter names that [`metadata`] accepts: see [`MetadataKey::parse`].
const METADATA_NAME: &str =
    "^metadata__[A-Za-z0-9-]+(_[A-Za-z0-9-]+)*(__(gte|lte|gt|lt|icontains))?$";

/// Maximum number of conditions on metadata in one request: a database may parse a chat's metadata
/// again for each.
const METADATA_CONDITIONS: usize = 8;

const CHOICES: &str = "`id`, `name`, `name__icontains`, `is_private`, `is_archived` (also `archived`), \
    `status` (`active` or `archived`), `metadata__KEY` and `metadata__KEY__gte|lte|gt|lt|icontains`, beside \
    `channel_id`, `limit` and `cursor`";

/// The filters besides the channel and the metadata.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChatFilterParameters {
    /// The chat with this id.
    id: Option<ChatId>,
    /// Chats with exactly this name.
    name: Option<String>,
    /// Chats whose name contains this text, ignoring case.
    #[serde(rename = "name__icontains")]
    name_contains: Option<String>,
    /// `true`: chats of one account with bots or admins; `false`: other chats.
    #[serde(default, deserialize_with = "flag")]
    is_private: Option<bool>,
    /// `true`: archived chats; `false`: other chats.
    #[serde(default, deserialize_with = "flag")]
    is_archived: Option<bool>,
    /// Alias of `is_archived`.
    #[serde(default, deserialize_with = "flag")]
    archived: Option<bool>,
    /// `is_archived` in words.
    #[param(inline)]
    status: Option<ChatStatus>,
}

/// Whether a chat is archived.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChatStatus {
    Active,
    Archived,
}

/// The filters by metadata, for the OpenAPI document: [`filters`] parses their names.
pub(crate) struct MetadataParameters;

impl utoipa::IntoParams for MetadataParameters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(METADATA_NAME));
        let schema = ObjectBuilder::new()
            .description(Some(
                "`metadata__KEY`, or with a comparison `metadata__KEY__gte`, `lte`, `gt`, `lt` or \
                 `icontains`; a key has at most 64 characters.",
            ))
            .property_names(Some(name))
            .max_properties(Some(METADATA_CONDITIONS))
            .additional_properties(Some(ObjectBuilder::new().schema_type(Type::String)));
        let parameter = ParameterBuilder::new()
            .name("metadata")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(
                "Chats whose metadata fields have this value or match this comparison. Each key is \
                 a separate parameter; at most 8 of them.",
            ))
            .style(Some(ParameterStyle::Form))
            .explode(Some(true))
            .schema(Some(schema));
        vec![parameter.build()]
    }
}

/// Reads the filters from the query parameters.
///
/// # Errors
/// [`ApiError::unknown_filter`] for an unknown parameter, with the list of filters;
/// [`ApiError::invalid_parameter`] for an invalid value.
pub(crate) fn filters(parameters: &Parameters) -> Result<ChatFilters, ApiError> {
    let given: ChatFilterParameters = parameters.read_with_empty()?;
    let mut filters = ChatFilters {
        channel_id: parameters.read::<ChannelParameter>()?.channel_id,
        is_archived: is_archived(&given)?,
        id: given.id,
        name: given.name,
        name_contains: given.name_contains,
        is_private: given.is_private,
        metadata: Vec::new(),
    };
    let known = [
        names::<ChatFilterParameters>(),
        names::<ChannelParameter>(),
        names::<PageParameters>(),
    ]
    .concat();
    for (name, value) in parameters.pairs() {
        if !known.iter().any(|known| known == name) {
            add_metadata(&mut filters, metadata(name, value)?)?;
        }
    }
    Ok(filters)
}

fn add_metadata(filters: &mut ChatFilters, filter: MetadataFilter) -> Result<(), ApiError> {
    if filters.metadata.len() == METADATA_CONDITIONS {
        return Err(ApiError::invalid_parameter(format!(
            "there must be at most {METADATA_CONDITIONS} filters by `metadata__KEY`"
        )));
    }
    filters.metadata.push(filter);
    Ok(())
}

fn is_archived(given: &ChatFilterParameters) -> Result<Option<bool>, ApiError> {
    let status = given.status.map(|status| status == ChatStatus::Archived);
    let mut asked = [given.is_archived, given.archived, status]
        .into_iter()
        .flatten();
    let first = asked.next();
    if asked.any(|other| Some(other) != first) {
        return Err(ApiError::invalid_parameter(
            "`is_archived`, `archived` and `status` must not contradict each other",
        ));
    }
    Ok(first)
}

fn metadata(name: &str, value: &str) -> Result<MetadataFilter, ApiError> {
    let unknown = || {
        ApiError::unknown_filter(format!(
            "`{}` is not a filter: expected one of {CHOICES}",
            shown(name)
        ))
    };
    let field = name.strip_prefix("metadata__").ok_or_else(unknown)?;
    let (key, comparison) = match field.rsplit_once("__") {
        Some((key, "gte")) => (key, Comparison::AtLeast),
        Some((key, "lte")) => (key, Comparison::AtMost),
        Some((key, "gt")) => (key, Comparison::Above),
        Some((key, "lt")) => (key, Comparison::Below),
        Some((key, "icontains")) => (key, Comparison::Contains),
        _ => (field, Comparison::Equal),
    };
    let key = MetadataKey::parse(key).ok_or_else(unknown)?;
    Ok(MetadataFilter {
        key,
        comparison,
        value: value.to_owned(),
    })
}

/// Truncates a client's parameter name for an error message.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
