//! `admin/bots/`: configured bots, and the kinds that there are.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use unicom_core::{CoreError, config_keys, create_bot, delete_bot, update_bot};
use unicom_db::queries::bots;
use unicom_models::ConfiguredBot;

use super::Management;
use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, ids, read_json, respond};

/// Answers with all of them, by name, and with the names of the kinds.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    Parameters::known(&request, &[])?;
    let found = api.database.read(bots::list).await?;
    let kinds: Vec<&str> = management.bots.names().collect();
    Ok(respond::ok(json!({ "bots": found, "kinds": kinds })))
}

/// Makes one.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let mut fields = read_json(&request, payload, api.limits.body).await?;
    let (name, kind) = (fields.required_text("name")?, fields.required_text("kind")?);
    let config = fields.object("config")?.unwrap_or_default();
    let bot = api
        .database
        .write(move |tx| -> Result<ConfiguredBot, CoreError> {
            let details = json!({ "kind": kind, "config_keys": config_keys(&config) });
            let bot = create_bot(tx, &management.bots, &name, &kind, Value::Object(config))?;
            note(tx, &staff, "bot.create", subject(&name), details)?;
            Ok(bot)
        })
        .await?;
    Ok(respond::created(json!({ "bot": bot })))
}

/// Answers with one.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let name = ids::text("bot", path.into_inner())?;
    let found = api.database.read(move |db| bots::get(db, &name)).await?;
    let bot = found.ok_or_else(|| ids::missing("bot"))?;
    Ok(respond::ok(json!({ "bot": bot })))
}

/// Gives one other settings, in the place of those that it has.
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let name = ids::text("bot", path.into_inner())?;
    let mut fields = read_json(&request, payload, api.limits.body).await?;
    let config = fields
        .object("config")?
        .ok_or_else(|| ApiError::invalid_body("`config` is missing: it must be an object"))?;
    let bot = api
        .database
        .write(move |tx| -> Result<ConfiguredBot, CoreError> {
            let details = json!({ "config_keys": config_keys(&config) });
            let bot = update_bot(tx, &management.bots, &name, Value::Object(config))?;
            note(tx, &staff, "bot.update", subject(&name), details)?;
            Ok(bot)
        })
        .await?;
    Ok(respond::ok(json!({ "bot": bot })))
}

/// Deletes one that no channel and no category has.
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let name = ids::text("bot", path.into_inner())?;
    api.database
        .write(move |tx| -> Result<(), CoreError> {
            delete_bot(tx, &name)?;
            Ok(note(tx, &staff, "bot.delete", subject(&name), json!({}))?)
        })
        .await?;
    Ok(respond::ok(json!({})))
}

fn subject(name: &str) -> String {
    format!("bot:{name}")
}
