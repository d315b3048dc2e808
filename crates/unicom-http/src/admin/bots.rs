//! `admin/bots/`: manages configured bots and lists the available kinds.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value, json};
use unicom_core::{
    CoreError,
    admin::config_for_audit,
    bots::{create_bot, delete_bot, update_bot},
};
use unicom_db::queries::bots;
use unicom_models::ConfiguredBot;
use utoipa::ToSchema;

use super::AdminConfig;
use super::audit::note;
use crate::openapi::Kind::{InvalidBody, InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, fields::Fields, ids, parameters, read_json, respond};

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

/// A new bot.
#[derive(ToSchema)]
#[schema(as = NewBot)]
#[expect(dead_code, reason = "described here, read by name")]
struct CreateFields {
    #[schema(pattern = "^[a-z0-9_-]{1,64}$")]
    name: String,
    /// One of the available kinds.
    kind: String,
    /// The settings of the kind.
    #[schema(value_type = Option<Object>)]
    config: Option<Map<String, Value>>,
}

/// The changes to a bot.
#[derive(ToSchema)]
#[schema(as = BotChange)]
#[expect(dead_code, reason = "described here, read by name")]
struct UpdateFields {
    /// Replaces the settings.
    #[schema(value_type = Object)]
    config: Map<String, Value>,
}

/// Lists all bots by name, and the available kinds.
#[utoipa::path(
    get,
    path = "/bots",
    operation_id = "list_bots",
    tag = "bots",
    responses(
        (status = 200, description = "All bots, and the bot kinds", body = Success<BotList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    parameters::none(&request)?;
    let found = api.database.read(bots::list).await?;
    let kinds = admin_config.bots.names().collect();
    Ok(respond::ok(BotList { bots: found, kinds }))
}

/// Creates a bot.
#[utoipa::path(
    post,
    path = "/bots",
    operation_id = "create_bot",
    tag = "bots",
    request_body = CreateFields,
    responses(
        (status = 201, description = "The bot", body = Success<BotResponse>),
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
    let (name, kind) = (fields.required_text("name")?, fields.required_text("kind")?);
    let config = fields.object("config")?.unwrap_or_default();
    let bot = api
        .database
        .write(move |tx| -> Result<ConfiguredBot, CoreError> {
            let mut details = config_for_audit(&config);
            details.insert("kind".to_owned(), kind.clone().into());
            let bot = create_bot(tx, &admin_config.bots, &name, &kind, Value::Object(config))?;
            note(tx, &admin, "bot.create", subject(&name), details.into())?;
            Ok(bot)
        })
        .await?;
    Ok(respond::created(BotResponse { bot }))
}

/// Returns a bot.
#[utoipa::path(
    get,
    path = "/bots/{name}",
    operation_id = "get_bot",
    tag = "bots",
    params(("name" = String, Path, description = "The bot")),
    responses(
        (status = 200, description = "The bot", body = Success<BotResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let name = ids::text("bot", path.into_inner())?;
    let found = api.database.read(move |db| bots::get(db, &name)).await?;
    let bot = found.ok_or_else(|| ids::missing("bot"))?;
    Ok(respond::ok(BotResponse { bot }))
}

/// Replaces the settings of a bot.
#[utoipa::path(
    patch,
    path = "/bots/{name}",
    operation_id = "update_bot",
    tag = "bots",
    params(("name" = String, Path, description = "The bot")),
    request_body = UpdateFields,
    responses(
        (status = 200, description = "The bot as it is now", body = Success<BotResponse>),
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
    let name = ids::text("bot", path.into_inner())?;
    let mut fields: Fields = read_json(&request, payload, api.limits.body).await?;
    let config = fields
        .object("config")?
        .ok_or_else(|| ApiError::invalid_body("`config` is missing: it must be an object"))?;
    let bot = api
        .database
        .write(move |tx| -> Result<ConfiguredBot, CoreError> {
            let details = config_for_audit(&config);
            let bot = update_bot(tx, &admin_config.bots, &name, Value::Object(config))?;
            note(tx, &admin, "bot.update", subject(&name), details.into())?;
            Ok(bot)
        })
        .await?;
    Ok(respond::ok(BotResponse { bot }))
}

/// Deletes a bot that no channel and no category uses.
#[utoipa::path(
    delete,
    path = "/bots/{name}",
    operation_id = "delete_bot",
    tag = "bots",
    params(("name" = String, Path, description = "The bot")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[InvalidBody, NotFound]) }>,
    ),
)]
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let name = ids::text("bot", path.into_inner())?;
    api.database
        .write(move |tx| -> Result<(), CoreError> {
            delete_bot(tx, &name)?;
            Ok(note(tx, &admin, "bot.delete", subject(&name), json!({}))?)
        })
        .await?;
    Ok(respond::ok(Empty {}))
}

fn subject(name: &str) -> String {
    format!("bot:{name}")
}
