//! The command `unicom media`.

use std::time::Duration;

use clap::Subcommand;
use serde_json::json;
use unicom_core::housekeeping::{OrphanSweep, SweepError, Swept, record_sweep, sweep_orphans};

use super::{Context, confirm::Confirm};
use crate::progress::Progress;
use crate::{Failure, wiring::media};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Delete files that no message references and that are older than a week, up to 10,000;
    /// servers do it once a day
    Sweep {
        /// Count the files and delete nothing
        #[arg(long)]
        dry_run: bool,
        /// Delete the files even if they are most of the files, as with the media store of another
        /// database
        #[arg(long, conflicts_with = "dry_run")]
        force: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let Command::Sweep {
        dry_run,
        force,
        confirm,
    } = command;
    if !dry_run {
        confirm.ask(|| Ok("Delete files that no message references?".to_owned()))?;
    }
    let store = media(context.settings)?;
    let how = match (dry_run, force) {
        (true, _) => OrphanSweep::Count,
        (false, false) => OrphanSweep::Delete,
        (false, true) => OrphanSweep::DeleteEvenMost,
    };
    let progress = Progress::new(
        context.format,
        "looking for files that no message references",
    );
    let swept = actix_web::rt::System::new().block_on(sweep_orphans(
        &context.database,
        store.as_ref(),
        how,
        Duration::ZERO,
    ));
    drop(progress);
    let swept = swept.map_err(|error| match error {
        SweepError::Db(error) => error.into(),
        error => Failure::failed(error),
    })?;
    let Swept {
        files,
        orphans,
        deleted,
        not_deleted,
        unfinished,
    } = swept;
    if how == OrphanSweep::Delete && swept.is_mostly_orphans() {
        return Err(Failure::Failed(format!(
            "no message of this database references {orphans} of {files} files: does the media store \
             belong to another database? `--force` deletes them"
        )));
    }
    if deleted + unfinished > 0 {
        context.write(move |tx, actor| record_sweep(tx, actor, &swept))?;
    }
    let sentence = if dry_run {
        format!("no message references {orphans} of {files} files older than a week")
    } else {
        format!(
            "of {files} files older than a week, {deleted} are deleted, and {unfinished} unfinished uploads"
        )
    };
    let counts = json!({
        "files": files, "orphans": orphans, "deleted": deleted, "not_deleted": not_deleted,
        "unfinished": unfinished,
    });
    context.format.done(&sentence, &counts)?;
    match not_deleted {
        0 => Ok(()),
        not_deleted => Err(Failure::Failed(format!(
            "files that the media store failed to delete: {not_deleted}; the next sweep tries again"
        ))),
    }
}
