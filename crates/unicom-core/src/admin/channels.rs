//! Creating, changing and validating channels.

use serde_json::Value;
use unicom_db::{Db, Tx, queries::channels};
use unicom_models::{Channel, ChannelId, PlatformKind, contains_nul};

use crate::validation::LONGEST_NAME;
use crate::{
    Bots, CoreError, Platforms, bots::check_bot_setting, platform::ChannelError,
    retention::retention_days,
};

/// Creates a channel and validates it, so that it is active immediately (seed 5.2).
///
/// # Errors
/// [`CoreError::UnknownPlatform`] or [`CoreError::Channel`] if the channel could not work. It is
/// not created then.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, Platforms, admin::create_channel, bots::Echo};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database(), FakePlatform::default());
/// # let kind = unicom_core::Platform::kind(&sms);
///
/// let platforms = Platforms::default().with(sms);
/// let bots = Bots::default().with("echo", Echo);
/// let config = json!({"bot": "echo"});
/// let channel = database
///     .write(move |tx| create_channel(tx, &platforms, &bots, &kind, "Hotline", &config))
///     .wait()?;
/// assert!(channel.active);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_channel(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    bots: &Bots,
    platform: &PlatformKind,
    name: &str,
    config: &Value,
) -> Result<Channel, CoreError> {
    check_form(name, config)?;
    check_function(tx, platforms, bots, platform, config)?;
    let mut channel = channels::insert(tx, platform, name, config)?;
    channel.active = true;
    channels::update(tx, &channel)?;
    Ok(channel)
}

/// Stores the changed name, configuration and active state of a channel.
///
/// # Errors
/// [`CoreError::Channel`] if the name or configuration is invalid or an active channel could not
/// work; [`CoreError::UnknownPlatform`]; [`CoreError::ChannelNotFound`].
pub fn update_channel(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    bots: &Bots,
    channel: &Channel,
) -> Result<(), CoreError> {
    if channel.active {
        check_channel(tx, platforms, bots, channel)?;
    } else {
        check_form(&channel.name, &channel.config)?;
    }
    if channels::update(tx, channel)? {
        Ok(())
    } else {
        Err(CoreError::ChannelNotFound(channel.id))
    }
}

/// Validates a channel and stores the result: active, or not active and why (seed 5.2).
///
/// # Errors
/// [`CoreError::ChannelNotFound`]. An invalid configuration is not an error: it is reported in the
/// channel's `error`.
pub fn validate_channel(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    bots: &Bots,
    id: ChannelId,
) -> Result<Channel, CoreError> {
    let mut channel = channels::get(tx, id)?.ok_or(CoreError::ChannelNotFound(id))?;
    channel.error = match check_channel(tx, platforms, bots, &channel) {
        Ok(()) => None,
        Err(CoreError::Db(error)) => return Err(error.into()),
        Err(error) => Some(error.to_string()),
    };
    channel.active = channel.error.is_none();
    channels::update(tx, &channel)?;
    Ok(channel)
}

/// Checks that a channel can work. Changes nothing.
///
/// # Errors
/// [`CoreError::UnknownPlatform`] or [`CoreError::Channel`] if it cannot work.
pub fn check_channel(
    db: &mut Db,
    platforms: &Platforms,
    bots: &Bots,
    channel: &Channel,
) -> Result<(), CoreError> {
    check_form(&channel.name, &channel.config)?;
    check_function(db, platforms, bots, &channel.platform, &channel.config)
}

/// Checks the requirements on every channel, active or not.
fn check_form(name: &str, config: &Value) -> Result<(), CoreError> {
    if name.trim().is_empty() || name.contains('\0') || name.chars().count() > LONGEST_NAME {
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
    platforms: &Platforms,
    bots: &Bots,
    platform: &PlatformKind,
    config: &Value,
) -> Result<(), CoreError> {
    let platform = platforms.get(platform)?;
    check_bot_setting(db, bots, config.get("bot"))?;
    Ok(platform.validate_channel(config)?)
}

fn wrong(what: &str) -> CoreError {
    CoreError::Channel(ChannelError(what.to_owned()))
}
