//! `admin/channels/`: manages channels, the configured endpoints of platforms.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_core::admin::{
    ChannelChange, NewChannel, create_inactive_channel, create_probed_channel, delete_channel,
    update_probed_channel, validate_probed_channel,
};
use unicom_core::platform::ShownChannel;
use unicom_db::queries::channels;
use unicom_models::{Channel, ChannelId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{Conflict, InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{Parameters, flag};
use crate::respond::{Empty, Success};
use crate::{ApiError, ids, parameters, respond};

/// All channels. Their secret settings are shown as `***`.
#[derive(Serialize, ToSchema)]
struct ChannelList {
    channels: Vec<ShownChannel>,
}

/// A channel. Its secret settings are shown as `***`.
#[derive(Serialize, ToSchema)]
struct ChannelResponse {
    channel: ShownChannel,
}

/// How a channel is created.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct CreateParameters {
    /// `false` stores the channel inactive, without asking its provider whether it can work.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = Option<bool>)]
    probe: Option<bool>,
}

impl ChannelResponse {
    fn new(request: &AdminRequest, channel: Channel) -> Self {
        let channel = request.extensions.platforms.show(channel);
        Self { channel }
    }
}

/// Lists all channels by number.
#[utoipa::path(
    get, path = "/channels", operation_id = "list_channels", tag = "channels",
    responses(
        (status = 200, description = "All of them", body = Success<ChannelList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    parameters::none(&request.http)?;
    let found = request.read(channels::list).await?;
    let platforms = &request.extensions.platforms;
    let channels = found.into_iter().map(|one| platforms.show(one)).collect();
    Ok(respond::ok(ChannelList { channels }))
}

/// Creates a channel that passes validation; it is active immediately.
///
/// The provider of the platform is asked whether the channel can work, for up to 15 s.
#[utoipa::path(
    post, path = "/channels", operation_id = "create_channel", tag = "channels",
    params(CreateParameters), request_body = NewChannel,
    responses(
        (status = 201, description = "The channel", body = Success<ChannelResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, InvalidParameter]) }>,
    ),
)]
pub(super) async fn create(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let CreateParameters { probe } = Parameters::of(&request.http)?.read()?;
    let new = request.body(payload).await?;
    let channel = if probe == Some(false) {
        let stored = request.write(move |tx, actor, extensions| {
            create_inactive_channel(tx, actor, extensions, new)
        });
        stored.await?
    } else {
        let (database, actor) = (&request.api.database, &request.admin.actor);
        create_probed_channel(database, actor, &request.extensions, new).await?
    };
    Ok(respond::created(ChannelResponse::new(&request, channel)))
}

/// Returns a channel.
#[utoipa::path(
    get, path = "/channels/{id}", operation_id = "get_channel", tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    responses(
        (status = 200, description = "The channel", body = Success<ChannelResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("channel")?;
    let found = request.read(move |db| channels::get(db, id)).await?;
    let channel = found.ok_or_else(|| ids::missing("channel"))?;
    Ok(respond::ok(ChannelResponse::new(&request, channel)))
}

/// Changes the name, the configuration or the active flag of a channel.
///
/// An active channel must pass validation. If the change activates a channel or replaces the
/// configuration of an active one, the provider of the platform is asked whether the channel can
/// work, for up to 15 s.
#[utoipa::path(
    patch, path = "/channels/{id}", operation_id = "update_channel", tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")), request_body = ChannelChange,
    responses(
        (status = 200, description = "The channel as it is now", body = Success<ChannelResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn update(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = request.id("channel")?;
    let change = request.body(payload).await?;
    let (database, actor) = (&request.api.database, &request.admin.actor);
    let channel = update_probed_channel(database, actor, &request.extensions, id, change).await?;
    Ok(respond::ok(ChannelResponse::new(&request, channel)))
}

/// Deletes a channel that has no accounts or chats.
#[utoipa::path(
    delete, path = "/channels/{id}", operation_id = "delete_channel", tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn delete(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("channel")?;
    request
        .write(move |tx, actor, _| delete_channel(tx, actor, id))
        .await?;
    Ok(respond::ok(Empty {}))
}

/// Validates a channel and stores the result: active, or inactive with the reason.
///
/// The provider of the platform is asked whether the channel can work, for up to 15 s.
#[utoipa::path(
    post, path = "/channels/{id}/validate", operation_id = "validate_channel", tag = "channels",
    params(("id" = ChannelId, Path, description = "The channel")),
    responses(
        (status = 200, description = "The channel as it is now", body = Success<ChannelResponse>),
        ErrorResponses<{ error_kinds(&[NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn validate(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("channel")?;
    let (database, actor) = (&request.api.database, &request.admin.actor);
    let channel = validate_probed_channel(database, actor, &request.extensions, id).await?;
    Ok(respond::ok(ChannelResponse::new(&request, channel)))
}
