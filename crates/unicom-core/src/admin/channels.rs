//! Making, changing and validating channels.

use serde_json::Value;
use unicom_db::{Db, Tx, queries::channels};
use unicom_models::{Channel, ChannelId, PlatformKind, contains_nul};

use crate::validation::LONGEST_NAME;
use crate::{
    Bots, CoreError, Platforms, bots::check_bot_setting, platform::ChannelError,
    retention::retention_days,
};

/// Makes a channel and validates it, so that it is active at once where its configuration allows (seed 5.2).
///
/// # Errors
/// [`CoreError::UnknownPlatform`] or [`CoreError::Channel`]: a channel that could not work is not made.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, Platforms, admin::create_channel, bots::Echo};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database(), FakePlatform::default());
/// # let kind = unicom_core::Platform::kind(&sms);
///
/// let (platforms, bots) = (Platforms::default().with(sms), Bots::default().with("echo", Echo));
/// let channel = database
///     .write(move |tx| create_channel(tx, &platforms, &bots, &kind, "Hotline", &json!({"bot": "echo"})))
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

/// Keeps a changed name and configuration, and whether the channel is active.
///
/// # Errors
/// [`CoreError::Channel`] where it would be active and could not work; [`CoreError::ChannelNotFound`].
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

/// Looks a channel over and notes what was found: active, or not and why (seed 5.2).
///
/// # Errors
/// [`CoreError::ChannelNotFound`]. A configuration that is wrong is no error here but `error` in the channel.
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

/// Says whether a channel can work, and changes nothing.
///
/// # Errors
/// [`CoreError::UnknownPlatform`] or [`CoreError::Channel`] where it cannot.
pub fn check_channel(
    db: &mut Db,
    platforms: &Platforms,
    bots: &Bots,
    channel: &Channel,
) -> Result<(), CoreError> {
    check_form(&channel.name, &channel.config)?;
    check_function(db, platforms, bots, &channel.platform, &channel.config)
}

/// What holds for every channel, whether it works or not.
fn check_form(name: &str, config: &Value) -> Result<(), CoreError> {
    if name.trim().is_empty() || name.contains('\0') || name.chars().count() > LONGEST_NAME {
        return Err(wrong(&format!(
            "`name` must be a text of 1 to {LONGEST_NAME} characters"
        )));
    }
    if !config.is_object() || contains_nul(config) {
        return Err(wrong(
            "`config` must be a JSON object without NUL characters",
        ));
    }
    // A channel that is switched off deletes what is too old, too.
    retention_days(config)?;
    Ok(())
}

/// What a channel needs in order to work.
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
