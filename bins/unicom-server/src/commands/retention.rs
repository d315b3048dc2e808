//! The command `unicom retention`.

use clap::Subcommand;
use unicom_core::retention::{Expired, apply_retention, preview_retention};

use super::{Context, confirm::Confirm, runtime};
use crate::progress::Progress;
use crate::{Failure, wiring};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Delete data that is older than its channel's retention period (`retention_days`); the server
    /// does so every hour
    Run {
        /// Show what would be deleted, and delete nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let Command::Run { dry_run, confirm } = command;
    if !dry_run {
        confirm.ask(|| {
            Ok("Delete what is older than the retention period of its channel?".to_owned())
        })?;
    }
    let (database, media) = (&context.database, wiring::media(context.settings)?);
    let progress = Progress::new(context.format, "looking for what is too old");
    let expired: Expired = runtime()?.block_on(async {
        if dry_run {
            preview_retention(database).await
        } else {
            apply_retention(database, media.as_ref()).await
        }
    })?;
    drop(progress);
    let fields = "channel_id days messages files chats accounts";
    context.format.list(&expired.channels, fields)
}
