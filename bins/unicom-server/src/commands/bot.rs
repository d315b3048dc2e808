//! The command `unicom bot`.

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Map, Value, json};
use unicom_core::{
    CoreError,
    admin::config_for_audit,
    bots::{create_bot, delete_bot, update_bot},
};
use unicom_db::{Database, queries::bots};
use unicom_models::{ConfiguredBot, UtcTime};

use super::audit::note;
use super::{missing, refused, values::object};
use crate::output::Format;
use crate::wiring::{self, open_database};
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the available kinds of bots
    Kinds,
    /// Create a bot: a kind of bot with settings, under a name for channels and categories
    Create {
        /// The bot's name
        name: String,
        /// The bot's kind, one of `unicom bot kinds`
        #[arg(long)]
        kind: String,
        /// The bot's settings, a JSON object; it contains no secret, but the name of the
        /// environment variable with the secret
        #[arg(long, default_value = "{}", value_parser = object)]
        config: Map<String, Value>,
    },
    /// List all bots, by name
    List,
    /// Show a bot with its settings
    Show {
        /// The bot's name
        name: String,
    },
    /// Replace the settings of a bot
    Update {
        /// The bot's name
        name: String,
        /// The complete settings, a JSON object
        #[arg(long, value_parser = object)]
        config: Map<String, Value>,
    },
    /// Delete a bot that no channel and no category uses
    Delete {
        /// The bot's name
        name: String,
    },
}

/// A bot without its settings.
#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    kind: String,
    created_at: UtcTime,
    updated_at: UtcTime,
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    let kinds = || wiring::bots(settings, &database);
    match command {
        Command::Kinds => {
            let kinds = kinds();
            let names: Vec<&str> = kinds.names().collect();
            format.list(&names, ["KIND"], |name| [(*name).to_owned()])
        }
        Command::Create { name, kind, config } => {
            let kinds = kinds();
            let made: Result<ConfiguredBot, CoreError> = database
                .write(move |tx| {
                    let mut details = config_for_audit(&config);
                    details.insert("kind".to_owned(), kind.clone().into());
                    let bot = create_bot(tx, &kinds, &name, &kind, Value::Object(config))?;
                    note(tx, "bot.create", subject(&name), details.into())?;
                    Ok(bot)
                })
                .wait();
            let bot = listed(made.map_err(refused)?);
            format.done(&format!("bot `{}` is created", bot.name), &bot)
        }
        Command::List => {
            let all = database.read(bots::list).wait()?;
            let all: Vec<Listed> = all.into_iter().map(listed).collect();
            format.list(&all, ["NAME", "KIND", "CHANGED"], |bot| {
                let (name, kind) = (bot.name.clone(), bot.kind.clone());
                [name, kind, bot.updated_at.to_string()]
            })
        }
        Command::Show { name } => {
            let asked = name.clone();
            let found = database.read(move |db| bots::get(db, &asked)).wait()?;
            format.one(&found.ok_or_else(|| missing("bot", name))?)
        }
        Command::Update { name, config } => {
            let kinds = kinds();
            let changed: Result<ConfiguredBot, CoreError> = database
                .write(move |tx| {
                    let details = config_for_audit(&config);
                    let bot = update_bot(tx, &kinds, &name, Value::Object(config))?;
                    note(tx, "bot.update", subject(&name), details.into())?;
                    Ok(bot)
                })
                .wait();
            let bot = listed(changed.map_err(refused)?);
            format.done(&format!("bot `{}` is changed", bot.name), &bot)
        }
        Command::Delete { name } => delete(&database, format, name),
    }
}

fn delete(database: &Database, format: Format, name: String) -> Result<(), Failure> {
    let asked = name.clone();
    let deleted: Result<(), CoreError> = database
        .write(move |tx| {
            delete_bot(tx, &asked)?;
            note(tx, "bot.delete", subject(&asked), json!({}))?;
            Ok(())
        })
        .wait();
    match deleted {
        Ok(()) => format.done(
            &format!("bot `{name}` is deleted"),
            &json!({ "name": name }),
        ),
        // The name is valid: the bot is in use.
        Err(CoreError::Invalid { problem, .. }) => {
            Err(Failure::Failed(format!("bot `{name}` {problem}")))
        }
        Err(error) => Err(error.into()),
    }
}

fn listed(bot: ConfiguredBot) -> Listed {
    Listed {
        name: bot.name,
        kind: bot.kind,
        created_at: bot.created_at,
        updated_at: bot.updated_at,
    }
}

fn subject(name: &str) -> String {
    format!("bot:{name}")
}
