//! Reads and changes the setting `web` of a channel.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use unicom_core::Platform;
use unicom_core::admin::{ChannelChange, update_channel};
use unicom_db::queries::channels;
use unicom_models::{Channel, ChannelId};
use unicom_webchat::{ChannelKey, SiteOrigin, WebChat, WebSettings};

use super::Context;
use crate::Failure;

const WEB: &str = "web";

/// The setting as it is stored.
pub(super) type Web = Map<String, Value>;

/// Returns a channel.
///
/// # Errors
/// If it does not exist or is not a WebChat channel.
pub(super) fn channel(context: &Context<'_>, id: ChannelId) -> Result<Channel, Failure> {
    let channel = context.get("channel", id, move |db| channels::get(db, id))?;
    check_platform(&channel)?;
    Ok(channel)
}

/// Returns the settings of a channel, or `None` if pages of other sites do not use it.
///
/// # Errors
/// If they are invalid.
pub(super) fn settings(channel: &Channel) -> Result<Option<WebSettings>, Failure> {
    let stored = channel.config.get(WEB).cloned().unwrap_or_default();
    serde_json::from_value(stored).map_err(|error| {
        Failure::Failed(format!(
            "the setting `{WEB}` of channel `{}` is invalid: {error}",
            channel.id
        ))
    })
}

/// Returns the failure of a command for a channel that pages of other sites do not use.
pub(super) fn missing(id: ChannelId) -> Failure {
    Failure::Failed(format!(
        "channel `{id}` is only for pages of this server: `unicom widget allow --channel {id} \
         --origin https://shop.example` opens it to those of other sites"
    ))
}

/// Changes the setting of a channel like `unicom channel update`, also if the channel is not
/// active, in one transaction. A channel without the setting gets one with a new key.
///
/// # Errors
/// The errors of `edit`, and those of an invalid configuration.
pub(super) fn change(
    context: &Context<'_>,
    id: ChannelId,
    edit: impl FnOnce(&mut Web) -> Result<(), Failure> + Send + 'static,
) -> Result<Channel, Failure> {
    let key = new_key()?;
    change_or(context, id, || Ok(key), edit)
}

/// Changes the setting like [`change`].
///
/// # Errors
/// Also [`missing`] if the channel does not have the setting.
pub(super) fn change_existing(
    context: &Context<'_>,
    id: ChannelId,
    edit: impl FnOnce(&mut Web) -> Result<(), Failure> + Send + 'static,
) -> Result<Channel, Failure> {
    change_or(context, id, move || Err(missing(id)), edit)
}

fn change_or(
    context: &Context<'_>,
    id: ChannelId,
    key: impl FnOnce() -> Result<ChannelKey, Failure> + Send + 'static,
    edit: impl FnOnce(&mut Web) -> Result<(), Failure> + Send + 'static,
) -> Result<Channel, Failure> {
    let extensions = context.extensions();
    context.write(move |tx, actor| -> Result<Channel, Failure> {
        let channel = channels::lock(tx, id)?.ok_or_else(|| Failure::missing("channel", id))?;
        check_platform(&channel)?;
        let mut config = channel.config.clone();
        let mut web = match config.get(WEB).and_then(Value::as_object) {
            Some(web) => web.clone(),
            None => Map::from_iter([("key".to_owned(), json!(key()?.as_str()))]),
        };
        edit(&mut web)?;
        config[WEB] = Value::Object(web);
        if config == channel.config {
            return Ok(channel);
        }
        WebChat
            .validate_channel(&config)
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let change = ChannelChange {
            config: Some(config),
            ..ChannelChange::default()
        };
        Ok(update_channel(tx, actor, &extensions, id, change)?)
    })
}

fn check_platform(channel: &Channel) -> Result<(), Failure> {
    if channel.platform == WebChat::kind() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "channel `{}` belongs to {}: pages use channels of {}",
        channel.id,
        channel.platform,
        WebChat::kind()
    )))
}

/// Returns the origins in a setting.
///
/// # Errors
/// If one of them is invalid.
pub(super) fn origins(web: &Web) -> Result<Vec<SiteOrigin>, Failure> {
    let origins = web.get("origins").cloned().unwrap_or_else(|| json!([]));
    serde_json::from_value(origins).map_err(Failure::failed)
}

/// Creates a random key.
///
/// # Errors
/// If the operating system provides no randomness.
pub(super) fn new_key() -> Result<ChannelKey, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::failed)?;
    ChannelKey::from_random(&URL_SAFE_NO_PAD.encode(bytes)).map_err(Failure::failed)
}

/// Returns origins as a list for people.
pub(super) fn list(origins: &[SiteOrigin]) -> String {
    let origins: Vec<String> = origins.iter().map(SiteOrigin::to_string).collect();
    origins.join(", ")
}
