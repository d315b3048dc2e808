//! Creating, changing, validating and deleting channels.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use unicom_db::queries::leases::{self, LeaseKind};
use unicom_db::queries::{channel_holds, channels};
use unicom_db::{Db, Tx};
use unicom_models::{Channel, ChannelId, PlatformKind, contains_nul};

use super::audit::{config_for_audit, fields_set};
use crate::admin::{Actor, Extensions};
use crate::platform::{ChannelError, Probed};
use crate::text::has_visible;
use crate::validation::LONGEST_NAME;
use crate::{CoreError, bots::check_bot_setting, retention::retention_days};

/// A new channel.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewChannel {
    /// The platform of the channel.
    pub platform: PlatformKind,
    /// A name for people to read.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub name: String,
    /// The settings of the platform, and the `bot`: an object, or `null` for none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub config: Value,
}

impl NewChannel {
    /// Describes a channel without settings.
    pub fn new(platform: impl Into<PlatformKind>, name: impl Into<String>) -> Self {
        Self {
            platform: platform.into(),
            name: name.into(),
            config: Value::Null,
        }
    }

    /// Sets the settings, an object.
    #[must_use]
    pub fn with_config(self, config: Value) -> Self {
        Self { config, ..self }
    }
}

/// The changes to a channel. A missing field stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelChange {
    /// A name for people to read.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub name: Option<String>,
    /// Replaces the configuration: an object. A secret setting that is `***`, as it is shown, keeps
    /// its stored value, unless an address changes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub config: Option<Value>,
    /// A channel can only be active if it passes validation.
    pub active: Option<bool>,
}

/// Creates a channel and validates it, so that it is active immediately (seed 5.2). Does not ask
/// the provider: [`create_probed_channel`](super::create_probed_channel) does.
///
/// # Errors
/// [`CoreError::UnknownPlatform`] or [`CoreError::Channel`] if the channel could not work. It is
/// not created then.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, Platforms, admin::*, bots::Echo};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database(), FakePlatform::default());
/// # let kind = unicom_core::Platform::kind(&sms);
///
/// let extensions = Extensions::default()
///     .with_platforms(Platforms::default().with(sms))
///     .with_bots(Bots::default().with("echo", Echo));
/// let hotline = NewChannel::new(kind, "Hotline").with_config(json!({"bot": "echo"}));
/// let actor = Actor::new("host:setup")?;
/// let channel = database
///     .write(move |tx| create_channel(tx, &actor, &extensions, hotline))
///     .wait()?;
/// assert!(channel.active);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_channel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    new: NewChannel,
) -> Result<Channel, CoreError> {
    store_new(tx, actor, extensions, new, Creation::Active)
}

/// Creates a channel that is inactive. Its configuration must be valid nevertheless.
///
/// # Errors
/// Returns the errors of [`create_channel`].
pub fn create_inactive_channel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    new: NewChannel,
) -> Result<Channel, CoreError> {
    store_new(tx, actor, extensions, new, Creation::Inactive)
}

/// How a channel is created.
#[derive(Debug)]
pub(super) enum Creation {
    /// Active, without asking the provider.
    Active,
    /// Inactive.
    Inactive,
    /// Active, since the provider was asked about the channel with this id.
    Probed(ChannelId, Probed),
}

/// Validates and creates a channel.
pub(super) fn store_new(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    new: NewChannel,
    creation: Creation,
) -> Result<Channel, CoreError> {
    let NewChannel {
        platform,
        name,
        config,
    } = check_new(tx, extensions, new)?;
    let id = match &creation {
        Creation::Probed(id, _) => Some(*id),
        Creation::Active | Creation::Inactive => None,
    };
    let mut channel = channels::insert_with_id(tx, id, &platform, &name, &config)?;
    match creation {
        Creation::Active => channel.active = true,
        Creation::Inactive => {}
        Creation::Probed(_, probed) => activate(&mut channel, probed),
    }
    channels::update(tx, &channel)?;
    let mut details = config_for_audit(&config);
    details.insert("platform".to_owned(), json!(platform));
    details.insert("name".to_owned(), json!(name));
    actor.record(tx, "channel.create", subject(channel.id), details)?;
    Ok(channel)
}

/// Checks that a channel may be created, and returns it with a configuration.
pub(super) fn check_new(
    db: &mut Db,
    extensions: &Extensions,
    mut new: NewChannel,
) -> Result<NewChannel, CoreError> {
    if new.config.is_null() {
        new.config = json!({});
    }
    check_form(&new.name, &new.config)?;
    check_function(db, extensions, &new.platform, &new.config)?;
    let platforms = &extensions.platforms;
    new.config = platforms.restore_secrets(&new.platform, new.config, &Value::Null)?;
    Ok(new)
}

/// Activates a channel about which the provider was asked.
pub(super) fn activate(channel: &mut Channel, probed: Probed) {
    channel.active = true;
    channel.error = None;
    channel.confirmed_webhook_url = probed.webhook_url;
}

/// Changes a channel. An active channel must pass validation. Does not ask the provider:
/// [`update_probed_channel`](super::update_probed_channel) does.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Channel`] if the name or configuration is invalid or an
/// active channel could not work; [`CoreError::UnknownPlatform`].
pub fn update_channel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    id: ChannelId,
    change: ChannelChange,
) -> Result<Channel, CoreError> {
    let channel = changed(tx, extensions, id, &change)?;
    store_change(tx, actor, &change, channel)
}

/// Returns a channel as it will be after a valid change.
pub(super) fn changed(
    db: &mut Db,
    extensions: &Extensions,
    id: ChannelId,
    change: &ChannelChange,
) -> Result<Channel, CoreError> {
    let mut channel = get(db, id)?;
    if let Some(name) = &change.name {
        channel.name.clone_from(name);
    }
    if let Some(config) = &change.config {
        let platforms = &extensions.platforms;
        let config = config.clone();
        channel.config = platforms.restore_secrets(&channel.platform, config, &channel.config)?;
    }
    channel.active = change.active.unwrap_or(channel.active);
    if channel.active {
        check_channel(db, extensions, &channel)?;
        // Discards the result of an earlier validation.
        channel.error = None;
    } else {
        check_form(&channel.name, &channel.config)?;
    }
    Ok(channel)
}

/// Stores a channel after a change.
pub(super) fn store_change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    change: &ChannelChange,
    channel: Channel,
) -> Result<Channel, CoreError> {
    store(tx, &channel)?;
    actor.record(
        tx,
        "channel.update",
        subject(channel.id),
        change.for_audit(),
    )?;
    get(tx, channel.id)
}

/// Stores a channel. If it can work, its messages and its polling no longer wait for that. If it is
/// switched off, it is no longer polled.
fn store(tx: &mut Tx<'_>, channel: &Channel) -> Result<(), CoreError> {
    let had_error = channels::get(tx, channel.id)?.is_some_and(|before| before.error.is_some());
    channels::update(tx, channel)?;
    if channel.active {
        channel_holds::release(tx, channel.id)?;
    }
    if had_error || !channel.active {
        leases::end_claim(tx, LeaseKind::Poller, &channel.id.to_string(), None)?;
    }
    Ok(())
}

/// Validates a channel and stores the result: active, or not active and why (seed 5.2). Does not
/// ask the provider: [`validate_probed_channel`](super::validate_probed_channel) does.
///
/// # Errors
/// [`CoreError::NotFound`]. An invalid configuration is not an error: it is reported in the
/// channel's `error`.
pub fn validate_channel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    id: ChannelId,
) -> Result<Channel, CoreError> {
    let channel = get(tx, id)?;
    let checked = check_channel(tx, extensions, &channel);
    store_verdict(tx, actor, channel, checked)
}

/// Stores whether a channel can work, and why not.
pub(super) fn store_verdict(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut channel: Channel,
    checked: Result<(), CoreError>,
) -> Result<Channel, CoreError> {
    channel.error = match checked {
        Ok(()) => None,
        Err(CoreError::Db(error)) => return Err(error.into()),
        Err(error) => Some(error.to_string()),
    };
    channel.active = channel.error.is_none();
    store(tx, &channel)?;
    let details = json!({ "active": channel.active });
    actor.record(tx, "channel.validate", subject(channel.id), details)?;
    Ok(channel)
}

/// Deletes a channel that has no accounts and no chats.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if it has accounts or chats.
pub fn delete_channel(tx: &mut Tx<'_>, actor: &Actor, id: ChannelId) -> Result<(), CoreError> {
    let channel = get(tx, id)?;
    channels::delete(tx, id).map_err(|error| match error.is_foreign_key_violation() {
        true => CoreError::conflict(
            "channel",
            id,
            "has accounts or chats: set `active` to false instead",
        ),
        false => error.into(),
    })?;
    let details = json!({ "name": channel.name });
    Ok(actor.record(tx, "channel.delete", subject(id), details)?)
}

impl ChannelChange {
    /// Describes the change for the audit trail.
    fn for_audit(&self) -> Map<String, Value> {
        let mut details = fields_set([
            ("name", self.name.as_ref().map(|name| json!(name))),
            ("active", self.active.map(Value::Bool)),
        ]);
        details.extend(self.config.iter().flat_map(config_for_audit));
        details
    }
}

/// Checks that a channel can work. Changes nothing.
///
/// # Errors
/// [`CoreError::UnknownPlatform`] or [`CoreError::Channel`] if it cannot work.
pub fn check_channel(
    db: &mut Db,
    extensions: &Extensions,
    channel: &Channel,
) -> Result<(), CoreError> {
    check_form(&channel.name, &channel.config)?;
    check_function(db, extensions, &channel.platform, &channel.config)
}

/// Checks the requirements on every channel, active or not.
fn check_form(name: &str, config: &Value) -> Result<(), CoreError> {
    if !has_visible(name) || name.contains('\0') || name.chars().count() > LONGEST_NAME {
        return Err(wrong(&format!(
            "`name` must be a string of 1 to {LONGEST_NAME} characters"
        )));
    }
    if !config.is_object() || contains_nul(config) {
        return Err(wrong(
            "`config` must be a JSON object without NUL characters",
        ));
    }
    // Retention also applies to inactive channels.
    retention_days(config)?;
    Ok(())
}

/// Checks what a channel needs in order to work.
fn check_function(
    db: &mut Db,
    extensions: &Extensions,
    platform: &PlatformKind,
    config: &Value,
) -> Result<(), CoreError> {
    let platforms = &extensions.platforms;
    let found = platforms.get(platform)?;
    check_bot_setting(db, &extensions.bots, config.get("bot"))?;
    // The secrets in the error may be stored ones, which the caller did not send.
    found.validate_channel(config).map_err(|error| {
        CoreError::from(ChannelError(platforms.mask_in(&error.0, platform, config)))
    })
}

fn wrong(what: &str) -> CoreError {
    CoreError::Channel(ChannelError(what.to_owned()))
}

pub(super) fn get(db: &mut Db, id: ChannelId) -> Result<Channel, CoreError> {
    channels::get(db, id)?.ok_or_else(|| CoreError::not_found("channel", id))
}

fn subject(id: ChannelId) -> String {
    format!("channel:{id}")
}
