//! Creating, changing and deleting configured bots.

use serde_json::{Map, Value};
use unicom_db::{
    Tx,
    queries::{bots as stored, categories, channels},
};
use unicom_models::{ConfiguredBot, contains_nul};

use crate::bots::resolve::check_bot;
use crate::{Bots, CoreError};

/// Maximum number of characters of a bot's name.
const LONGEST_NAME: usize = 64;

/// Creates a bot of a kind that is registered in this process.
///
/// # Errors
/// [`CoreError::Invalid`] for a name that is taken or not valid, an unknown kind, or settings that
/// the kind rejects.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, bots::{Echo, create_bot}};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let bots = Bots::default().with("echo", Echo);
/// let parrot = database
///     .write(move |tx| create_bot(tx, &bots, "parrot", "echo", json!({})))
///     .wait()?;
/// assert_eq!(parrot.name, "parrot");
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_bot(
    tx: &mut Tx<'_>,
    bots: &Bots,
    name: &str,
    kind: &str,
    config: Value,
) -> Result<ConfiguredBot, CoreError> {
    let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(in_name) {
        return Err(CoreError::invalid(
            "name",
            format!("must have 1 to {LONGEST_NAME} characters of a-z, 0-9, `-` and `_`"),
        ));
    }
    if bots.names().any(|kind| kind == name) {
        return Err(CoreError::invalid(
            "name",
            "is the name of a bot kind: choose another one",
        ));
    }
    let now = tx.now();
    let bot = ConfiguredBot {
        name: name.to_owned(),
        kind: kind.to_owned(),
        config,
        created_at: now,
        updated_at: now,
    };
    check(bots, &bot)?;
    if stored::insert_if_absent(tx, &bot)? {
        Ok(bot)
    } else {
        Err(CoreError::invalid("name", "belongs to another bot"))
    }
}

/// Replaces the settings of a bot.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] for settings that its kind rejects.
pub fn update_bot(
    tx: &mut Tx<'_>,
    bots: &Bots,
    name: &str,
    config: Value,
) -> Result<ConfiguredBot, CoreError> {
    let mut bot = stored::lock(tx, name)?.ok_or_else(|| CoreError::not_found("bot", name))?;
    bot.config = config;
    bot.updated_at = tx.now();
    check(bots, &bot)?;
    stored::update(tx, &bot)?;
    Ok(bot)
}

/// Deletes a bot that no channel and no category uses.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names the channel or category that uses the bot.
pub fn delete_bot(tx: &mut Tx<'_>, name: &str) -> Result<(), CoreError> {
    let is_it = |setting: Option<&Value>| setting.and_then(Value::as_str) == Some(name);
    if let Some(channel) = channels::list(tx)?
        .iter()
        .find(|channel| is_it(channel.config.get("bot")))
    {
        return Err(CoreError::invalid(
            "name",
            format!("is the bot of channel {}", channel.id),
        ));
    }
    if let Some(category) = categories::list(tx)?
        .iter()
        .find(|category| is_it(category.bot.as_ref()))
    {
        return Err(CoreError::invalid(
            "name",
            format!("is the bot of category {}", category.id),
        ));
    }
    if stored::delete(tx, name)? {
        Ok(())
    } else {
        Err(CoreError::not_found("bot", name))
    }
}

fn check(bots: &Bots, bot: &ConfiguredBot) -> Result<(), CoreError> {
    let no_settings = Map::new();
    let config = match &bot.config {
        Value::Object(fields) => fields,
        Value::Null => &no_settings,
        _ => return Err(CoreError::invalid("config", "must be an object")),
    };
    if contains_nul(&bot.config) {
        return Err(CoreError::Nul { field: "config" });
    }
    bots.get(&bot.kind)
        .map_err(|problem| CoreError::invalid("kind", format!("is invalid: {problem}")))?;
    check_bot(bots, &bot.kind, config)
        .map_err(|problem| CoreError::invalid("config", format!("is invalid: {problem}")))
}
