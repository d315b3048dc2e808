//! [`Of`]: the channel of a command, and how it is shown.

use clap::Args;
use serde_json::{Value, json};
use unicom_models::{Channel, ChannelId};

use crate::commands::Context;

/// The channel of a command.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The channel's id
    #[arg(long, value_name = "ID")]
    pub channel: ChannelId,
}

/// Returns a channel as `unicom channel show` shows it.
pub(super) fn shown(context: &Context<'_>, channel: Channel) -> Value {
    json!(context.extensions().platforms.show(channel))
}
