//! The command `unicom restore`.

mod report;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use unicom_auth::admin::record_restore;
use unicom_auth::{
    CarriedOver, CarryOverError, carry_over, end_sessions_of_guests, end_user_sessions,
};
use unicom_backup::{Copied, Replaced, Restored, prepare_restore};
use unicom_core::admin::Actor;
use unicom_db::{DbError, Tx};

use super::backup::refused;
use super::backup_files::local_files;
use crate::output::{Format, note};
use crate::paths::sqlite_file;
use crate::progress::Progress;
use crate::wiring::MIGRATIONS;
use crate::{Failure, Settings};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file written by `unicom backup`
    file: PathBuf,
    /// Also copy the files of messages and the secret key from this folder, if they are missing
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Restore even if there is a database, which is kept as `….before-restore`
    #[arg(long)]
    force: bool,
    /// Keep the sessions of users that are in the backup and are not known to have ended since
    #[arg(long)]
    keep_sessions: bool,
}

#[derive(Debug, Serialize)]
struct Done<'a> {
    database: &'a Path,
    bytes: u64,
    migrations: usize,
    kept: Option<PathBuf>,
    files: Option<Copied>,
    carried_over: CarriedOver,
    /// The reason why not everything could be carried over.
    not_carried_over: Option<String>,
}

pub(crate) fn run(
    settings: &Settings,
    format: Format,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let Some(database) = sqlite_file(settings) else {
        return Err(Failure::Usage(format!(
            "`unicom restore` is for SQLite; with PostgreSQL: \
             pg_restore --clean --if-exists --no-owner --single-transaction --dbname=\"$UNICOM_DATABASE_URL\" {}",
            arguments.file.display()
        )));
    };
    let refused = |error| {
        refused(
            error,
            "`--force` restores, and keeps it as `….before-restore`",
        )
    };
    let local = local_files(settings);
    let mut ends = Ends {
        users: !arguments.keep_sessions,
        guests: false,
    };
    if let Some(folder) = &arguments.files {
        let checked = local.check_restore(folder, arguments.force);
        checked.map_err(refused)?;
        ends.guests = local.replaces_key(folder).map_err(refused)?;
    }
    let file = arguments.file.display().to_string();
    let progress = Progress::new(format, "restoring the database");
    let (ready, (carried_over, not_carried_over)) = prepare_restore(
        &arguments.file,
        database,
        arguments.force,
        &MIGRATIONS,
        |tx, replaced| end_what_had_ended(tx, replaced, &file, ends),
    )
    .map_err(refused)?;
    // Nothing has changed so far, and no process has the database open. The order is: first the
    // files, which messages of the backup need and which only add to what exists; then the key, of
    // which the former one is kept; then the database. If this is interrupted, the same command
    // continues: it finds the copied files, and a database that is not in place yet is not in the
    // way.
    let files = match &arguments.files {
        Some(folder) => {
            progress.of_files("copying files");
            let copied = local.restore(folder, &mut || progress.step());
            Some(copied.map_err(refused)?)
        }
        None => None,
    };
    let restored = ready.finish().map_err(refused)?;
    drop(progress);
    let mut sentence = sentence(database, &file, &restored, files.as_ref());
    if let Some(reason) = &not_carried_over {
        note(format_args!(
            "unicom: what was revoked, blocked, deactivated, erased or given another password since the backup may be \
             undone: {reason}"
        ));
    }
    for line in report::lines(&carried_over) {
        sentence.push_str(&format!("\n{line}"));
    }
    format.done(
        &sentence,
        &Done {
            database,
            bytes: restored.bytes,
            migrations: restored.migrated,
            kept: restored.kept,
            files,
            carried_over,
            not_carried_over,
        },
    )
}

/// Returns what was restored, and where what it replaced is now.
fn sentence(database: &Path, file: &str, restored: &Restored, files: Option<&Copied>) -> String {
    let mut sentence = format!("`{}` is restored from `{file}`", database.display());
    if let Some(kept) = &restored.kept {
        sentence.push_str(&format!("; what was there is `{}` now", kept.display()));
    }
    if restored.migrated > 0 {
        sentence.push_str(&format!("; {} migrations ran", restored.migrated));
    }
    if let Some(copied) = files {
        sentence.push_str(&format!(
            "; {} files are copied, {} were there",
            copied.copied, copied.there
        ));
        if let Some(former) = &copied.former_key {
            sentence.push_str(&format!(
                "; the key that was there is `{}` now",
                former.display()
            ));
        }
    }
    sentence
}

/// The groups whose sessions all end.
#[derive(Debug, Clone, Copy)]
struct Ends {
    users: bool,
    /// Set if the restored key differs from the current one. It may have been replaced because
    /// others have it, and it would make the cookies from before that valid again.
    guests: bool,
}

/// Ends in the restored database what had ended in the replaced one, and the sessions that are not
/// to be kept. Returns what was carried over, and the reason why not everything was.
fn end_what_had_ended(
    tx: &mut Tx<'_>,
    replaced: Replaced<'_>,
    file: &str,
    ends: Ends,
) -> Result<(CarriedOver, Option<String>), DbError> {
    let mut carried = CarriedOver::default();
    let unreadable = match replaced {
        Replaced::Missing => Some("there is no replaced database to compare with".to_owned()),
        Replaced::Unreadable(reason) => Some(reason),
        Replaced::Open(db) => match carry_over(tx, db, &mut carried) {
            Ok(()) => None,
            Err(CarryOverError::Replaced(error)) => {
                Some(format!("the replaced database cannot be read: {error}"))
            }
            Err(CarryOverError::Restored(error)) => return Err(error),
        },
    };
    let reasons: Vec<String> = unreadable
        .into_iter()
        .chain(carried.left_out.iter().cloned())
        .collect();
    let not_carried_over = (!reasons.is_empty()).then(|| reasons.join("; "));
    if ends.users {
        carried.ended_user_sessions += end_user_sessions(tx)?;
    }
    if ends.guests {
        carried.ended_guest_sessions += end_sessions_of_guests(tx)?;
    }
    record_restore(
        tx,
        &Actor::COMMAND_LINE,
        file,
        &carried,
        not_carried_over.as_deref(),
    )?;
    Ok((carried, not_carried_over))
}
