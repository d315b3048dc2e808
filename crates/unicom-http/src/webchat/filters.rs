//! The filters of the list of chats. The list of filters is fixed and never a path into the
//! database.
//!
//! In the original, any model field could be used as a filter, and a guest could read password
//! hashes through it.

use std::collections::BTreeMap;

use unicom_db::queries::chat_filters::{ChatFilters, Comparison, MetadataFilter, MetadataKey};
use unicom_models::{ChannelId, ChatId};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use crate::ApiError;
use crate::parameters::{Parameters, flag};

/// The parameter names that [`metadata`] accepts: see [`MetadataKey::parse`].
const METADATA_NAME: &str =
    "^metadata__[A-Za-z0-9-]+(_[A-Za-z0-9-]+)*(__(gte|lte|gt|lt|icontains))?$";

/// Maximum number of conditions on metadata in one request: a database may parse a chat's metadata
/// again for each.
const METADATA_CONDITIONS: usize = 8;

const CHOICES: &str = "`id`, `name`, `name__icontains`, `is_private`, `is_archived` (also `archived`), \
    `status` (`active` or `archived`), `metadata__KEY` and `metadata__KEY__gte|lte|gt|lt|icontains`, beside \
    `channel_id`, `limit` and `cursor`";

/// The filters, for the OpenAPI document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct ChatFilterParameters {
    /// Chats of this channel.
    channel_id: Option<ChannelId>,
    /// The chat with this id.
    id: Option<ChatId>,
    /// Chats with exactly this name.
    name: Option<String>,
    /// Chats whose name contains this text, ignoring case.
    #[param(rename = "name__icontains")]
    name_contains: Option<String>,
    /// `true`: chats of one account with bots or admins; `false`: other chats.
    is_private: Option<bool>,
    /// `true`: archived chats; `false`: other chats.
    is_archived: Option<bool>,
    /// Alias of `is_archived`.
    archived: Option<bool>,
    /// `is_archived` in words.
    #[param(inline)]
    status: Option<ChatStatus>,
    /// Chats whose metadata fields have this value or match this comparison. Each key is a separate
    /// parameter; at most 8 of them.
    #[param(inline, style = Form, explode, value_type = Option<MetadataParameters>)]
    metadata: Option<BTreeMap<String, String>>,
}

/// Whether a chat is archived.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) enum ChatStatus {
    Active,
    Archived,
}

/// `metadata__KEY`, or with a comparison `metadata__KEY__gte`, `lte`, `gt`, `lt` or `icontains`; a
/// key has at most 64 characters.
pub(crate) struct MetadataParameters;

impl utoipa::PartialSchema for MetadataParameters {
    fn schema() -> RefOr<Schema> {
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(METADATA_NAME));
        ObjectBuilder::new()
            .property_names(Some(name))
            .max_properties(Some(METADATA_CONDITIONS))
            .additional_properties(Some(ObjectBuilder::new().schema_type(Type::String)))
            .into()
    }
}

impl utoipa::ToSchema for MetadataParameters {}

/// Parses the filters from the query parameters.
///
/// # Errors
/// [`ApiError::unknown_filter`] for an unknown parameter, with the list of filters;
/// [`ApiError::invalid_parameter`] for an invalid value.
pub(crate) fn filters(parameters: &Parameters) -> Result<ChatFilters, ApiError> {
    let mut filters = ChatFilters {
        channel_id: parameters.channel_id()?,
        ..ChatFilters::default()
    };
    for (name, value) in parameters.pairs() {
        match name {
            "channel_id" | "limit" | "cursor" => {}
            "id" => filters.id = Some(value.into()),
            "name" => filters.name = Some(value.to_owned()),
            "name__icontains" => filters.name_contains = Some(value.to_owned()),
            "is_private" => filters.is_private = Some(flag(name, value)?),
            "is_archived" | "archived" => set_archived(&mut filters, flag(name, value)?)?,
            "status" => set_archived(&mut filters, status(value)?)?,
            _ => add_metadata(&mut filters, metadata(name, value)?)?,
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

fn set_archived(filters: &mut ChatFilters, archived: bool) -> Result<(), ApiError> {
    if filters
        .is_archived
        .replace(archived)
        .is_some_and(|before| before != archived)
    {
        return Err(ApiError::invalid_parameter(
            "`is_archived`, `archived` and `status` must not contradict each other",
        ));
    }
    Ok(())
}

fn status(value: &str) -> Result<bool, ApiError> {
    match value {
        "active" => Ok(false),
        "archived" => Ok(true),
        _ => Err(ApiError::invalid_parameter(
            "`status` must be `active` or `archived`",
        )),
    }
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
