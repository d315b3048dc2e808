//! Creating, changing and deleting configured bots.

use serde::Deserialize;
use serde_json::{Value, json};
use unicom_db::Tx;
use unicom_db::queries::{bots, categories, channels};
use unicom_models::{ConfiguredBot, contains_nul};

use super::audit::config_for_audit;
use crate::admin::{Actor, Extensions};
use crate::{Bots, CoreError, bots::check_bot};

/// Maximum number of characters of a bot's name.
const LONGEST_NAME: usize = 64;

/// A new bot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewBot {
    /// The name for channels and categories.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[a-z0-9_-]{1,64}$"))]
    pub name: String,
    /// One of the available kinds.
    pub kind: String,
    /// The settings of the kind: an object, or `null` for none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub config: Value,
}

/// The changes to a bot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BotChange {
    /// Replaces the settings: an object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub config: Value,
}

/// Creates a bot of a kind that is registered in this process.
///
/// # Errors
/// [`CoreError::Invalid`] for a name that is taken or not valid, an unknown kind, or settings that
/// the kind rejects.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, admin::{Actor, Extensions, NewBot, create_bot}, bots::Echo};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let extensions = Extensions::default().with_bots(Bots::default().with("echo", Echo));
/// let parrot = NewBot { name: "parrot".to_owned(), kind: "echo".to_owned(), config: json!({}) };
/// let parrot = database
///     .write(move |tx| create_bot(tx, &Actor::COMMAND_LINE, &extensions, parrot))
///     .wait()?;
/// assert_eq!(parrot.name, "parrot");
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_bot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    new: NewBot,
) -> Result<ConfiguredBot, CoreError> {
    let NewBot { name, kind, config } = new;
    let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(in_name) {
        return Err(CoreError::invalid(
            "name",
            format!("must have 1 to {LONGEST_NAME} characters of a-z, 0-9, `-` and `_`"),
        ));
    }
    if extensions.bots.names().any(|kind| kind == name) {
        return Err(CoreError::invalid(
            "name",
            "is the name of a bot kind: choose another one",
        ));
    }
    let config = if config.is_null() { json!({}) } else { config };
    let bot = ConfiguredBot::new(name, kind, config, tx.now());
    check(&extensions.bots, &bot)?;
    if !bots::insert_if_absent(tx, &bot)? {
        return Err(CoreError::invalid("name", "belongs to another bot"));
    }
    let mut details = config_for_audit(&bot.config);
    details.insert("kind".to_owned(), json!(bot.kind));
    actor.record(tx, "bot.create", subject(&bot.name), details)?;
    Ok(bot)
}

/// Replaces the settings of a bot.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] for settings that its kind rejects.
pub fn update_bot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    name: &str,
    change: BotChange,
) -> Result<ConfiguredBot, CoreError> {
    let mut bot = bots::lock(tx, name)?.ok_or_else(|| CoreError::not_found("bot", name))?;
    bot.config = change.config;
    bot.updated_at = tx.now();
    check(&extensions.bots, &bot)?;
    bots::update(tx, &bot)?;
    let details = config_for_audit(&bot.config);
    actor.record(tx, "bot.update", subject(name), details)?;
    Ok(bot)
}

/// Deletes a bot that no channel and no category uses.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names the channel or category that uses the bot.
pub fn delete_bot(tx: &mut Tx<'_>, actor: &Actor, name: &str) -> Result<(), CoreError> {
    let is_it = |setting: Option<&Value>| setting.and_then(Value::as_str) == Some(name);
    let in_use = |what: String| Err(CoreError::invalid("name", format!("is the bot of {what}")));
    let mut channels = channels::list(tx)?.into_iter();
    if let Some(channel) = channels.find(|channel| is_it(channel.config.get("bot"))) {
        return in_use(format!("channel {}", channel.id));
    }
    let mut categories = categories::list(tx)?.into_iter();
    if let Some(category) = categories.find(|category| is_it(category.bot.as_ref())) {
        return in_use(format!("category {}", category.id));
    }
    if !bots::delete(tx, name)? {
        return Err(CoreError::not_found("bot", name));
    }
    Ok(actor.record(tx, "bot.delete", subject(name), json!({}))?)
}

fn check(bots: &Bots, bot: &ConfiguredBot) -> Result<(), CoreError> {
    let Value::Object(config) = &bot.config else {
        return Err(CoreError::invalid("config", "must be an object"));
    };
    if contains_nul(&bot.config) {
        return Err(CoreError::Nul { field: "config" });
    }
    bots.get(&bot.kind)
        .map_err(|problem| CoreError::invalid("kind", format!("is invalid: {problem}")))?;
    check_bot(bots, &bot.kind, config)
        .map_err(|problem| CoreError::invalid("config", format!("is invalid: {problem}")))
}

fn subject(name: &str) -> String {
    format!("bot:{name}")
}
