//! The command `unicom channel`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use unicom_core::admin::{
    ChannelChange, NewChannel, create_channel, delete_channel, update_channel, validate_channel,
};
use unicom_db::queries::channels;
use unicom_models::{Channel, ChannelId};

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

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    let platforms = context.extensions().platforms;
    let shown = |channel: Channel| platforms.mask_secrets(channel);
    match command {
        Command::Create {
            platform,
            name,
            config,
        } => {
            let extensions = context.extensions();
            let new = NewChannel::new(platform, name).with_config(config);
            let channel =
                context.write(move |tx, actor| create_channel(tx, actor, &extensions, new))?;
            let sentence = format!("channel `{}` is created and active", channel.id);
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
            let channel =
                context.write(move |tx, actor| validate_channel(tx, actor, &extensions, id))?;
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
            let channel = context
                .write(move |tx, actor| update_channel(tx, actor, &extensions, id, change))?;
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
