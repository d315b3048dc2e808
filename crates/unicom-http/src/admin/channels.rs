//! `admin/channels/`: manages channels, the configured endpoints of platforms.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value, json};
use unicom_core::{
    CoreError,
    admin::{config_for_audit, create_channel, fields_set, update_channel, validate_channel},
};
use unicom_db::Db;
use unicom_db::queries::channels;
use unicom_models::{Channel, ChannelId, PlatformKind};
use utoipa::ToSchema;

use super::AdminConfig;
use super::audit::note;
use crate::openapi::Kind::{Conflict, InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, fields::Fields, ids, parameters, read_json, respond};

/// All channels.
#[derive(Serialize, ToSchema)]
struct ChannelList {
    channels: Vec<Channel>,
}

/// A channel.
#[derive(Serialize, ToSchema)]
struct ChannelResponse {
    channel: Channel,
}

/// A new channel.
#[derive(ToSchema)]
#[schema(as = NewChannel)]
#[expect(dead_code, reason = "described here, read by name")]
struct CreateFields {
    platform: PlatformKind,
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// The settings of the platform, and the `bot`.
    #[schema(value_type = Option<Object>)]
    config: Option<Map<String, Value>>,
}

/// The changes to a channel.
#[derive(ToSchema)]
#[schema(as = ChannelChange)]
#[expect(dead_code, reason = "described here, read by name")]
struct UpdateFields {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Replaces the configuration.
    #[schema(value_type = Option<Object>)]
    config: Option<Map<String, Value>>,
    /// A channel can only be active if it passes validation.
    active: Option<bool>,
}

/// Lists all channels by number.
#[utoipa::path(
    get,
    path = "/channels",
    operation_id = "list_channels",
    tag = "channels",
    responses(
        (status = 200, description = "All of them", body = Success<ChannelList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    parameters::none(&request)?;
    let found = api.database.read(channels::list).await?;
    Ok(respond::ok(ChannelList { channels: found }))
}

/// Creates a channel that passes validation; it is active immediately.
#[utoipa::path(
    post,
    path = "/channels",
    operation_id = "create_channel",
    tag = "channels",
    request_body = CreateFields,
    responses(
        (status = 201, description = "The channel", body = Success<ChannelResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let mut fields: Fields = read_json(&request, payload, api.limits.body).await?;
    let (platform, name) = (
        fields.required_text("platform")?.into(),
        fields.required_text("name")?,
    );
    let config = fields.object("config")?.unwrap_or_default();
    let channel = api
        .database
        .write(move |tx| -> Result<Channel, CoreError> {
            let mut details = config_for_audit(&config);
            details.extend([
                ("platform".to_owned(), json!(platform)),
                ("name".to_owned(), json!(name)),
            ]);
            let config = Value::Object(config);
            let AdminConfig {
                platforms, bots, ..
            } = &**admin_config;
            let channel = create_channel(tx, platforms, bots, &platform, &name, &config)?;
            note(
                tx,
                &admin,
                "channel.create",
                subject(channel.id),
                details.into(),
            )?;
            Ok(channel)
        })
        .await?;
    Ok(respond::created(ChannelResponse { channel }))
}

/// Returns a channel.
#[utoipa::path(
    get,
    path = "/channels/{id}",
    operation_id = "get_channel",
    tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    responses(
        (status = 200, description = "The channel", body = Success<ChannelResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let id = ids::parsed("channel", &path)?;
    let channel = api.database.read(move |db| get(db, id)).await?;
    Ok(respond::ok(ChannelResponse { channel }))
}

/// Changes the name, the configuration or the active flag of a channel.
///
/// An active channel must pass validation.
#[utoipa::path(
    patch,
    path = "/channels/{id}",
    operation_id = "update_channel",
    tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    request_body = UpdateFields,
    responses(
        (status = 200, description = "The channel as it is now", body = Success<ChannelResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id = ids::parsed("channel", &path)?;
    let mut fields: Fields = read_json(&request, payload, api.limits.body).await?;
    let (name, config) = (fields.text("name")?, fields.object("config")?);
    let active = fields.flag("active")?;
    let channel = api
        .database
        .write(move |tx| -> Result<Channel, CoreError> {
            let mut details = fields_set([
                ("name", name.as_ref().map(|name| json!(name))),
                ("active", active.map(Value::Bool)),
            ]);
            details.extend(config.iter().flat_map(config_for_audit));
            let mut channel = get(tx, id)?;
            channel.name = name.unwrap_or(channel.name);
            channel.config = config.map_or(channel.config, Value::Object);
            channel.active = active.unwrap_or(channel.active);
            if channel.active {
                // Discards the result of the last validation: an active channel is validated again
                // now.
                channel.error = None;
            }
            update_channel(tx, &admin_config.platforms, &admin_config.bots, &channel)?;
            note(tx, &admin, "channel.update", subject(id), details.into())?;
            get(tx, id)
        })
        .await?;
    Ok(respond::ok(ChannelResponse { channel }))
}

/// Deletes a channel that has no accounts or chats.
#[utoipa::path(
    delete,
    path = "/channels/{id}",
    operation_id = "delete_channel",
    tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id = ids::parsed("channel", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            let name = get(tx, id)?.name;
            channels::delete(tx, id).map_err(|error| {
                if error.is_foreign_key_violation() {
                    return ApiError::conflict(
                        "the channel has accounts or chats: set `active` to false instead",
                    );
                }
                error.into()
            })?;
            let details = json!({ "name": name });
            Ok(note(tx, &admin, "channel.delete", subject(id), details)?)
        })
        .await?;
    Ok(respond::ok(Empty {}))
}

/// Validates a channel and stores the result: active, or inactive with the reason.
#[utoipa::path(
    post,
    path = "/channels/{id}/validate",
    operation_id = "validate_channel",
    tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    responses(
        (status = 200, description = "The channel as it is now", body = Success<ChannelResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn validate(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id = ids::parsed("channel", &path)?;
    let channel = api
        .database
        .write(move |tx| -> Result<Channel, CoreError> {
            get(tx, id)?;
            let channel = validate_channel(tx, &admin_config.platforms, &admin_config.bots, id)?;
            let details = json!({ "active": channel.active });
            note(tx, &admin, "channel.validate", subject(id), details)?;
            Ok(channel)
        })
        .await?;
    Ok(respond::ok(ChannelResponse { channel }))
}

fn get(db: &mut Db, id: ChannelId) -> Result<Channel, CoreError> {
    channels::get(db, id)?.ok_or_else(|| CoreError::NotFound {
        what: "channel",
        id: id.to_string(),
    })
}

fn subject(id: ChannelId) -> String {
    format!("channel:{id}")
}
