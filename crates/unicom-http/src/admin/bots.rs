//! `admin/bots/`: manages configured bots and lists the available kinds.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use unicom_core::admin::{BotChange, NewBot, create_bot, delete_bot, update_bot};
use unicom_db::queries::bots;
use unicom_models::ConfiguredBot;
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{InvalidBody, InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{ApiError, ids, parameters, respond};

/// All bots.
#[derive(Serialize, ToSchema)]
struct BotList<'a> {
    bots: Vec<ConfiguredBot>,
    /// The available kinds.
    kinds: Vec<&'a str>,
}

/// A bot.
#[derive(Serialize, ToSchema)]
struct BotResponse {
    bot: ConfiguredBot,
}

/// Lists all bots by name, and the available kinds.
#[utoipa::path(
    get, path = "/bots", operation_id = "list_bots", tag = "bots",
    responses(
        (status = 200, description = "All bots, and the bot kinds", body = Success<BotList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    parameters::none(&request.http)?;
    let found = request.read(bots::list).await?;
    let kinds = request.extensions.bots.names().collect();
    Ok(respond::ok(BotList { bots: found, kinds }))
}

/// Creates a bot.
#[utoipa::path(
    post, path = "/bots", operation_id = "create_bot", tag = "bots", request_body = NewBot,
    responses(
        (status = 201, description = "The bot", body = Success<BotResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let new = request.body(payload).await?;
    let bot = request.write(move |tx, actor, extensions| create_bot(tx, actor, extensions, new));
    Ok(respond::created(BotResponse { bot: bot.await? }))
}

/// Returns a bot.
#[utoipa::path(
    get, path = "/bots/{name}", operation_id = "get_bot", tag = "bots",
    params(("name" = String, Path, description = "The bot")),
    responses(
        (status = 200, description = "The bot", body = Success<BotResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let name = request.name("bot")?;
    let found = request.read(move |db| bots::get(db, &name)).await?;
    let bot = found.ok_or_else(|| ids::missing("bot"))?;
    Ok(respond::ok(BotResponse { bot }))
}

/// Replaces the settings of a bot.
#[utoipa::path(
    patch, path = "/bots/{name}", operation_id = "update_bot", tag = "bots",
    params(("name" = String, Path, description = "The bot")), request_body = BotChange,
    responses(
        (status = 200, description = "The bot as it is now", body = Success<BotResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let name = request.name("bot")?;
    let change = request.body(payload).await?;
    let bot = request
        .write(move |tx, actor, extensions| update_bot(tx, actor, extensions, &name, change));
    Ok(respond::ok(BotResponse { bot: bot.await? }))
}

/// Deletes a bot that no channel and no category uses.
#[utoipa::path(
    delete, path = "/bots/{name}", operation_id = "delete_bot", tag = "bots",
    params(("name" = String, Path, description = "The bot")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[InvalidBody, NotFound]) }>,
    ),
)]
pub(super) async fn delete(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let name = request.name("bot")?;
    request
        .write(move |tx, actor, _| delete_bot(tx, actor, &name))
        .await?;
    Ok(respond::ok(Empty {}))
}
