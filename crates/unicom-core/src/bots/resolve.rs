//! Which bot answers: what a channel's or a category's setting `bot` means.

use serde_json::{Map, Value};
use unicom_db::{Db, DbError, queries::bots};

use crate::{Bots, CoreError, platform::ChannelError};

/// A bot with its settings, as a channel or a category chooses it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenBot {
    /// The name under which the process knows the bot: `echo`, `llm`, `webhook`, …
    pub kind: String,
    /// The bot's own settings.
    pub config: Map<String, Value>,
}

impl ChosenBot {
    /// The bot that the setting means: a name, or an object with its `kind` and its settings. None where there is none.
    ///
    /// A name is that of a configured bot, or else that of a bot which needs no settings.
    ///
    /// # Errors
    /// [`DbError`] where the database fails.
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

/// Says whether the setting `bot` of a channel or a category names a bot that can work.
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

/// Says whether a kind of bot takes these settings.
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
