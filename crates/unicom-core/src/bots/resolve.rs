//! Resolving the `bot` setting of a channel or a category.

use serde_json::{Map, Value};
use unicom_db::{Db, DbError, queries::bots};

use crate::{Bots, CoreError, platform::ChannelError};

/// A bot and its settings, as chosen by a channel or a category.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenBot {
    /// The kind of bot, as registered in the process: `echo`, `llm`, `webhook`, …
    pub kind: String,
    /// The settings of the bot.
    pub config: Map<String, Value>,
}

impl ChosenBot {
    /// Resolves a `bot` setting: a name, or an object with the bot's `kind` and settings.
    ///
    /// A name is that of a configured bot or, failing that, of a kind of bot that needs no
    /// settings. Returns `None` if the setting names no bot.
    ///
    /// # Errors
    /// [`DbError`] if the database fails.
    pub fn of(db: &mut Db, setting: Option<&Value>) -> Result<Option<Self>, DbError> {
        match setting {
            Some(Value::String(name)) => {
                let configured = bots::get(db, name)?;
                Ok(Some(match configured {
                    Some(bot) => Self {
                        kind: bot.kind,
                        config: settings_of(bot.config),
                    },
                    None => Self {
                        kind: name.clone(),
                        config: Map::new(),
                    },
                }))
            }
            Some(Value::Object(fields)) => {
                let mut config = fields.clone();
                Ok(match config.remove("kind") {
                    Some(Value::String(kind)) => Some(Self { kind, config }),
                    _ => None,
                })
            }
            _ => Ok(None),
        }
    }
}

/// Checks that the `bot` setting of a channel or a category names a bot that can work. A missing
/// setting is valid.
///
/// # Errors
/// [`CoreError::Channel`] with what is wrong.
pub fn check_bot_setting(
    db: &mut Db,
    bots: &Bots,
    setting: Option<&Value>,
) -> Result<(), CoreError> {
    if matches!(setting, None | Some(Value::Null)) {
        return Ok(());
    }
    let Some(chosen) = ChosenBot::of(db, setting)? else {
        return Err(ChannelError(
            "`bot` must be the name of a bot, or an object with the bot's `kind` and its settings"
                .to_owned(),
        )
        .into());
    };
    check_bot(bots, &chosen.kind, &chosen.config).map_err(|problem| ChannelError(problem).into())
}

/// Checks that a kind of bot is registered and accepts these settings.
pub(crate) fn check_bot(
    bots: &Bots,
    kind: &str,
    config: &Map<String, Value>,
) -> Result<(), String> {
    bots.get(kind)?
        .validate(config)
        .map_err(|problem| format!("bot `{kind}`: {problem}"))
}

fn settings_of(config: Value) -> Map<String, Value> {
    match config {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
