//! The command `unicom channel`.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use unicom_core::{
    Bots, CoreError,
    admin::{config_for_audit, create_channel, fields_set, update_channel, validate_channel},
};
use unicom_db::{Database, DbError, queries::channels};
use unicom_models::{Channel, ChannelId};

use super::audit::note;
use super::values::{non_empty, object};
use super::{missing, refused};
use crate::output::Format;
use crate::wiring::{self, open_database, platforms};
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a channel
    Create {
        /// The channel's platform, for example WebChat
        #[arg(long)]
        platform: String,
        /// A name for people to read
        #[arg(long)]
        name: String,
        /// The channel's settings, a JSON object such as '{"bot":"echo"}'
        #[arg(long, default_value = "{}", value_parser = object)]
        config: Map<String, Value>,
    },
    /// List all channels
    List,
    /// Show a channel
    Show {
        /// The channel's id
        id: ChannelId,
    },
    /// Validate a channel, and activate it if it can work
    Validate {
        /// The channel's id
        id: ChannelId,
    },
    /// Change a channel
    Update {
        /// The channel's id
        id: ChannelId,
        #[command(flatten)]
        changes: Changes,
    },
    /// Delete a channel that has no accounts and no chats
    Delete {
        /// The channel's id
        id: ChannelId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The new name
    #[arg(long)]
    name: Option<String>,
    /// The complete settings, a JSON object
    #[arg(long, value_parser = object)]
    config: Option<Map<String, Value>>,
    /// Whether the channel is active
    #[arg(long)]
    active: Option<bool>,
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    let bots = || wiring::bots(settings, &database);
    match command {
        Command::Create {
            platform,
            name,
            config,
        } => create(&database, bots(), format, platform, name, config),
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
        Command::Show { id } => {
            let found = database.read(move |db| channels::get(db, id)).wait()?;
            format.one(&found.ok_or_else(|| missing("channel", id))?)
        }
        Command::Validate { id } => validate(&database, bots(), format, id),
        Command::Update { id, changes } => update(&database, bots(), format, id, changes),
        Command::Delete { id } => delete(&database, format, id),
    }
}

fn create(
    database: &Database,
    bots: Bots,
    format: Format,
    platform: String,
    name: String,
    config: Map<String, Value>,
) -> Result<(), Failure> {
    let mut details = config_for_audit(&config);
    details.extend([
        ("platform".to_owned(), json!(platform)),
        ("name".to_owned(), json!(name)),
    ]);
    let made: Result<Channel, CoreError> = database
        .write(move |tx| {
            let kind = platform.as_str().into();
            let channel = create_channel(
                tx,
                &platforms(),
                &bots,
                &kind,
                &name,
                &Value::Object(config),
            )?;
            note(tx, "channel.create", subject(channel.id), details.into())?;
            Ok(channel)
        })
        .wait();
    let channel = made.map_err(refused)?;
    format.done(
        &format!("channel `{}` is created and active", channel.id),
        &channel,
    )
}

fn validate(database: &Database, bots: Bots, format: Format, id: ChannelId) -> Result<(), Failure> {
    let validated: Result<Channel, CoreError> = database
        .write(move |tx| {
            let channel = validate_channel(tx, &platforms(), &bots, id)?;
            let details = json!({ "active": channel.active });
            note(tx, "channel.validate", subject(id), details)?;
            Ok(channel)
        })
        .wait();
    let channel = validated?;
    match &channel.error {
        None => format.done(&format!("channel `{id}` is active"), &channel),
        Some(error) => Err(Failure::Failed(format!(
            "channel `{id}` is not active: {error}"
        ))),
    }
}

fn update(
    database: &Database,
    bots: Bots,
    format: Format,
    id: ChannelId,
    changes: Changes,
) -> Result<(), Failure> {
    let mut details = fields_set([
        ("name", changes.name.as_ref().map(|name| json!(name))),
        ("active", changes.active.map(Value::Bool)),
    ]);
    details.extend(changes.config.iter().flat_map(config_for_audit));
    let details = non_empty(details)?;
    let changed: Result<Channel, CoreError> = database
        .write(move |tx| {
            let mut channel = channels::get(tx, id)?.ok_or(CoreError::ChannelNotFound(id))?;
            if changes.config.is_some() || changes.active == Some(true) {
                // An error that was found before may not apply to the changed channel.
                channel.error = None;
            }
            channel.name = changes.name.unwrap_or(channel.name);
            channel.config = changes.config.map_or(channel.config, Value::Object);
            channel.active = changes.active.unwrap_or(channel.active);
            channel.updated_at = tx.now();
            update_channel(tx, &platforms(), &bots, &channel)?;
            note(tx, "channel.update", subject(id), details)?;
            Ok(channel)
        })
        .wait();
    let channel = changed.map_err(refused)?;
    format.done(&format!("channel `{id}` is changed"), &channel)
}

fn delete(database: &Database, format: Format, id: ChannelId) -> Result<(), Failure> {
    let deleted: Result<bool, DbError> = database
        .write(move |tx| {
            let Some(channel) = channels::get(tx, id)? else {
                return Ok(false);
            };
            channels::delete(tx, id)?;
            let details = json!({ "name": channel.name });
            note(tx, "channel.delete", subject(id), details)?;
            Ok(true)
        })
        .wait();
    match deleted {
        Ok(true) => format.done(&format!("channel `{id}` is deleted"), &json!({ "id": id })),
        Ok(false) => Err(missing("channel", id)),
        Err(error) if error.is_foreign_key_violation() => Err(Failure::Failed(format!(
            "channel `{id}` has accounts and chats: switch it off with `unicom channel update {id} --active false`"
        ))),
        Err(error) => Err(error.into()),
    }
}

fn subject(id: ChannelId) -> String {
    format!("channel:{id}")
}
