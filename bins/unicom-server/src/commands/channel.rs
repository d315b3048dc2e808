//! `unicom channel`.

use clap::Subcommand;
use serde_json::Value;
use unicom_core::{CoreError, create_channel, update_channel, validate_channel};
use unicom_db::{DbError, queries::channels};
use unicom_models::{Channel, ChannelId};

use crate::output::Format;
use crate::wiring::{bots, open_database, platforms};
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a channel
    Create {
        /// Its platform, for example WebChat
        #[arg(long)]
        platform: String,
        /// A name for people
        #[arg(long)]
        name: String,
        /// Its settings, a JSON object such as '{"bot":"echo"}'
        #[arg(long, default_value = "{}", value_parser = object)]
        config: Value,
    },
    /// List all channels
    List,
    /// Show a channel
    Show {
        /// Its number
        id: i64,
    },
    /// Look a channel over, and switch it on where it can work
    Validate {
        /// Its number
        id: i64,
    },
    /// Change a channel
    Update {
        /// Its number
        id: i64,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// Other settings, a JSON object
        #[arg(long, value_parser = object)]
        config: Option<Value>,
        /// Switch it on or off
        #[arg(long)]
        active: Option<bool>,
    },
    /// Delete a channel that nobody has written to
    Delete {
        /// Its number
        id: i64,
    },
}

fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err("expected a JSON object such as {\"bot\":\"echo\"}".to_owned()),
    }
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    match command {
        Command::Create {
            platform,
            name,
            config,
        } => {
            let channel: Result<Channel, CoreError> = database
                .write(move |tx| {
                    create_channel(
                        tx,
                        &platforms(),
                        &bots(),
                        &platform.as_str().into(),
                        &name,
                        &config,
                    )
                })
                .wait();
            let channel = channel.map_err(as_usage)?;
            format.done(
                &format!("channel {} is made and active", channel.id),
                &channel,
            )
        }
        Command::List => {
            let all = database.read(channels::list).wait()?;
            format.list(
                &all,
                ["ID", "PLATFORM", "ACTIVE", "NAME", "ERROR"],
                |channel| {
                    [
                        channel.id.to_string(),
                        channel.platform.to_string(),
                        channel.active.to_string(),
                        channel.name.clone(),
                        channel.error.clone().unwrap_or_default(),
                    ]
                },
            )
        }
        Command::Show { id } => format.one(&get(&database, id)?),
        Command::Validate { id } => {
            let channel = database
                .write(move |tx| validate_channel(tx, &platforms(), &bots(), ChannelId(id)))
                .wait()?;
            match &channel.error {
                None => format.done(&format!("channel {id} is active"), &channel),
                Some(error) => Err(Failure::Failed(format!(
                    "channel {id} is not active: {error}"
                ))),
            }
        }
        Command::Update {
            id,
            name,
            config,
            active,
        } => {
            let mut channel = get(&database, id)?;
            if config.is_some() || active == Some(true) {
                // What was found before says nothing of this one.
                channel.error = None;
            }
            channel.name = name.unwrap_or(channel.name);
            channel.config = config.unwrap_or(channel.config);
            channel.active = active.unwrap_or(channel.active);
            let updated: Result<(), CoreError> = database
                .write(move |tx| update_channel(tx, &platforms(), &bots(), &channel))
                .wait();
            updated.map_err(as_usage)?;
            format.done(&format!("channel {id} is changed"), &get(&database, id)?)
        }
        Command::Delete { id } => {
            let deleted: Result<bool, DbError> = database
                .write(move |tx| channels::delete(tx, ChannelId(id)))
                .wait();
            match deleted {
                Ok(true) => format.done(
                    &format!("channel {id} is deleted"),
                    &serde_json::json!({ "id": id }),
                ),
                Ok(false) => Err(missing(id)),
                Err(error) if error.is_foreign_key_violation() => Err(Failure::Failed(format!(
                    "channel {id} has accounts and chats: switch it off with `unicom channel update {id} --active false`"
                ))),
                Err(error) => Err(error.into()),
            }
        }
    }
}

fn get(database: &unicom_db::Database, id: i64) -> Result<Channel, Failure> {
    database
        .read(move |db| channels::get(db, ChannelId(id)))
        .wait()?
        .ok_or_else(|| missing(id))
}

fn missing(id: i64) -> Failure {
    Failure::Failed(format!("channel {id} does not exist"))
}

fn as_usage(error: CoreError) -> Failure {
    match error {
        CoreError::UnknownPlatform { .. } | CoreError::Channel(_) => {
            Failure::Usage(error.to_string())
        }
        error => error.into(),
    }
}
