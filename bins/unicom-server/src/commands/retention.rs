//! The command `unicom retention`.

use clap::Subcommand;
use unicom_core::retention::{Expired, apply_retention, preview_retention};

use crate::output::Format;
use crate::wiring::{self, open_database};
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Delete data that is older than its channel's retention period (`retention_days`); the server
    /// does so every hour
    Run {
        /// Show what would be deleted, and delete nothing
        #[arg(long)]
        dry_run: bool,
    },
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let Command::Run { dry_run } = command;
    let database = open_database(settings)?;
    let media = wiring::media(settings)?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().map_err(Failure::failed)?;
    let expired: Expired = runtime.block_on(async {
        if dry_run {
            preview_retention(&database).await
        } else {
            apply_retention(&database, media.as_ref()).await
        }
    })?;
    format.list(
        &expired.channels,
        ["CHANNEL", "DAYS", "MESSAGES", "FILES", "CHATS", "ACCOUNTS"],
        |of| {
            [
                of.channel_id.to_string(),
                of.days.to_string(),
                of.messages.to_string(),
                of.files.to_string(),
                of.chats.to_string(),
                of.accounts.to_string(),
            ]
        },
    )
}
