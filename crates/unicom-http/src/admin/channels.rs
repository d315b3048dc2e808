//! `admin/channels/`: the configured endpoints of platforms.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use unicom_core::{
    CoreError, config_keys, create_channel, fields_set, update_channel, validate_channel,
};
use unicom_db::Db;
use unicom_db::queries::channels;
use unicom_models::{Channel, ChannelId};

use super::Management;
use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, ids, read_json, respond};

/// Answers with all of them, by number.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    Parameters::known(&request, &[])?;
    let found = api.database.read(channels::list).await?;
    Ok(respond::ok(json!({ "channels": found })))
}

/// Makes a channel that can work; it is active at once.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let mut fields = read_json(&request, payload, api.limits.body).await?;
    let (platform, name) = (
        fields.required_text("platform")?.into(),
        fields.required_text("name")?,
    );
    let config = fields.object("config")?.unwrap_or_default();
    let channel = api
        .database
        .write(move |tx| -> Result<Channel, CoreError> {
            let details =
                json!({ "platform": platform, "name": name, "config_keys": config_keys(&config) });
            let config = Value::Object(config);
            let Management {
                platforms, bots, ..
            } = &**management;
            let channel = create_channel(tx, platforms, bots, &platform, &name, &config)?;
            note(tx, &staff, "channel.create", subject(channel.id), details)?;
            Ok(channel)
        })
        .await?;
    Ok(respond::created(json!({ "channel": channel })))
}

/// Answers with one.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = ids::parsed("channel", &path)?;
    let channel = api.database.read(move |db| get(db, id)).await?;
    Ok(respond::ok(json!({ "channel": channel })))
}

/// Changes its name, its configuration, or whether it is active. An active one must be able to work.
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("channel", &path)?;
    let mut fields = read_json(&request, payload, api.limits.body).await?;
    let (name, config) = (fields.text("name")?, fields.object("config")?);
    let active = fields.flag("active")?;
    let channel = api
        .database
        .write(move |tx| -> Result<Channel, CoreError> {
            let details = Value::Object(fields_set([
                ("name", name.as_ref().map(|name| json!(name))),
                ("config_keys", config.as_ref().map(config_keys)),
                ("active", active.map(Value::Bool)),
            ]));
            let mut channel = get(tx, id)?;
            channel.name = name.unwrap_or(channel.name);
            channel.config = config.map_or(channel.config, Value::Object);
            channel.active = active.unwrap_or(channel.active);
            if channel.active {
                // What the last validation found is over: an active channel is looked over again now.
                channel.error = None;
            }
            update_channel(tx, &management.platforms, &management.bots, &channel)?;
            note(tx, &staff, "channel.update", subject(id), details)?;
            get(tx, id)
        })
        .await?;
    Ok(respond::ok(json!({ "channel": channel })))
}

/// Deletes one on which nobody has written.
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
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
            Ok(note(tx, &staff, "channel.delete", subject(id), details)?)
        })
        .await?;
    Ok(respond::ok(json!({})))
}

/// Looks it over, and notes what was found: active, or not and why.
pub(super) async fn validate(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("channel", &path)?;
    let channel = api
        .database
        .write(move |tx| -> Result<Channel, CoreError> {
            get(tx, id)?;
            let channel = validate_channel(tx, &management.platforms, &management.bots, id)?;
            let details = json!({ "active": channel.active });
            note(tx, &staff, "channel.validate", subject(id), details)?;
            Ok(channel)
        })
        .await?;
    Ok(respond::ok(json!({ "channel": channel })))
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
