//! The command `unicom channel`.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use unicom_core::Platforms;
use unicom_core::admin::{
    Actor, ChannelChange, NewChannel, create_inactive_channel, create_probed_channel,
    delete_channel, update_probed_channel, validate_probed_channel,
};
use unicom_db::queries::channels;
use unicom_models::{Channel, ChannelId, PlatformKind};

use super::channel_settings::{misspelt, settings_help};
use super::values::{changed, object};
use super::{Context, confirm::Confirm};
use crate::Failure;

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
        config: Value,
        /// Store the channel inactive, without asking the platform's provider whether it can work
        #[arg(long)]
        no_probe: bool,
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
        #[command(flatten)]
        confirm: Confirm,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The new name
    #[arg(long)]
    name: Option<String>,
    /// The complete settings, a JSON object
    #[arg(long, value_parser = object)]
    config: Option<Value>,
    /// Whether the channel is active
    #[arg(long)]
    active: Option<bool>,
}

/// Adds the platforms and their settings to the command line.
pub(crate) fn describe(command: clap::Command, platforms: &Platforms) -> clap::Command {
    let names: Vec<String> = platforms.names().map(str::to_owned).collect();
    let settings = settings_help(platforms);
    command
        .mut_subcommand("create", |create| {
            let create = create.mut_arg("platform", |platform| {
                platform.value_parser(PossibleValuesParser::new(names))
            });
            create.after_help(settings.clone())
        })
        .mut_subcommand("update", |update| update.after_help(settings.clone()))
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    let platforms = context.extensions().platforms;
    let shown = |channel: Channel| platforms.show(channel);
    match command {
        Command::Create {
            platform,
            name,
            config,
            no_probe,
        } => {
            let extensions = context.extensions();
            let new = NewChannel::new(platform, name).with_config(config.clone());
            let platform = new.platform.clone();
            let made = if no_probe {
                context.write(move |tx, actor| create_inactive_channel(tx, actor, &extensions, new))
            } else {
                let (database, actor) = (&context.database, &Actor::COMMAND_LINE);
                context.wait(create_probed_channel(database, actor, &extensions, new))
            };
            let channel =
                made.map_err(|failure| suggest(failure, &platforms, &platform, &config))?;
            let state = if channel.active {
                "active"
            } else {
                "not active"
            };
            let sentence = format!("channel `{}` is created and {state}", channel.id);
            format.done(&sentence, &shown(channel))
        }
        Command::List => {
            let channels = context.read(channels::list)?.into_iter();
            let all: Vec<_> = channels.map(shown).collect();
            format.list(&all, "id platform active name error")
        }
        Command::Show { id } => {
            let channel = context.get("channel", id, move |db| channels::get(db, id))?;
            format.one(&shown(channel))
        }
        Command::Validate { id } => {
            let extensions = context.extensions();
            let (database, actor) = (&context.database, &Actor::COMMAND_LINE);
            let channel =
                context.wait(validate_probed_channel(database, actor, &extensions, id))?;
            match &channel.error {
                None => format.done(&format!("channel `{id}` is active"), &shown(channel)),
                Some(error) => Err(Failure::Failed(format!(
                    "channel `{id}` is not active: {error}"
                ))),
            }
        }
        Command::Update { id, changes } => {
            let extensions = context.extensions();
            let change = changed(ChannelChange {
                name: changes.name,
                config: changes.config,
                active: changes.active,
            })?;
            let config = change.config.clone();
            let (database, actor) = (&context.database, &Actor::COMMAND_LINE);
            let made = context.wait(update_probed_channel(
                database,
                actor,
                &extensions,
                id,
                change,
            ));
            let channel = made.map_err(|failure| {
                let platform = context.read(move |db| channels::get(db, id)).ok().flatten();
                match (platform, config) {
                    (Some(Channel { platform, .. }), Some(config)) => {
                        suggest(failure, &platforms, &platform, &config)
                    }
                    _ => failure,
                }
            })?;
            format.done(&format!("channel `{id}` is changed"), &shown(channel))
        }
        Command::Delete { id, confirm } => {
            confirm.ask(|| {
                let channel = context.get("channel", id, move |db| channels::get(db, id))?;
                Ok(format!("Delete channel `{id}` ({})?", channel.name))
            })?;
            context.write(move |tx, actor| delete_channel(tx, actor, id))?;
            format.done(&format!("channel `{id}` is deleted"), &json!({ "id": id }))
        }
    }
}

/// Adds the setting that was probably meant to the failure of an invalid configuration.
fn suggest(
    failure: Failure,
    platforms: &Platforms,
    platform: &PlatformKind,
    config: &Value,
) -> Failure {
    match (failure, misspelt(platforms, platform, config)) {
        (Failure::Usage(said), Some((setting, meant))) => Failure::Usage(format!(
            "{said}: did you mean `{meant}` instead of `{setting}`?"
        )),
        (failure, _) => failure,
    }
}
