//! The command `unicom bot`.

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};
use unicom_core::CoreError;
use unicom_core::admin::{BotChange, NewBot, create_bot, delete_bot, update_bot};
use unicom_db::queries::bots;
use unicom_models::{ConfiguredBot, UtcTime};

use super::{Context, confirm::Confirm, values::object};
use crate::Failure;

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
        config: Value,
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
        config: Value,
    },
    /// Delete a bot that no channel and no category uses
    Delete {
        /// The bot's name
        name: String,
        #[command(flatten)]
        confirm: Confirm,
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

impl From<ConfiguredBot> for Listed {
    fn from(bot: ConfiguredBot) -> Self {
        Self {
            name: bot.name,
            kind: bot.kind,
            created_at: bot.created_at,
            updated_at: bot.updated_at,
        }
    }
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    match command {
        Command::Kinds => {
            let kinds = context.extensions().bots;
            let names: Vec<&str> = kinds.names().collect();
            format.list_as(&names, ["KIND"], |name| [(*name).to_owned()])
        }
        Command::Create { name, kind, config } => {
            let extensions = context.extensions();
            let new = NewBot { name, kind, config };
            let bot = context.write(move |tx, actor| create_bot(tx, actor, &extensions, new))?;
            format.done(
                &format!("bot `{}` is created", bot.name),
                &Listed::from(bot),
            )
        }
        Command::List => {
            let all = context.read(bots::list)?;
            let all: Vec<Listed> = all.into_iter().map(Listed::from).collect();
            format.list(&all, "name kind updated_at")
        }
        Command::Show { name } => {
            format.one(&context.get("bot", name.clone(), move |db| bots::get(db, &name))?)
        }
        Command::Update { name, config } => {
            let extensions = context.extensions();
            let change = BotChange { config };
            let bot = context
                .write(move |tx, actor| update_bot(tx, actor, &extensions, &name, change))?;
            format.done(
                &format!("bot `{}` is changed", bot.name),
                &Listed::from(bot),
            )
        }
        Command::Delete { name, confirm } => {
            confirm.ask(|| {
                let known = name.clone();
                context.get("bot", &name, move |db| bots::get(db, &known))?;
                Ok(format!("Delete bot `{name}`?"))
            })?;
            let done = json!({ "name": name });
            let sentence = format!("bot `{name}` is deleted");
            context.write(move |tx, actor| {
                delete_bot(tx, actor, &name).map_err(|error| match error {
                    // The name is valid: the bot is in use.
                    CoreError::Invalid { problem, .. } => {
                        Failure::Failed(format!("bot `{name}` {problem}"))
                    }
                    error => error.into(),
                })
            })?;
            format.done(&sentence, &done)
        }
    }
}
