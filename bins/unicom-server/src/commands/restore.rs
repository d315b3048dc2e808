//! `unicom restore`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde_json::json;
use unicom_db::files::prepare_restore;

use super::audit::note;
use super::backup::refused;
use super::kept_files::{self, Copied};
use crate::output::Format;
use crate::places::sqlite_file;
use crate::wiring::MIGRATIONS;
use crate::{Failure, Settings};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file that `unicom backup` wrote
    file: PathBuf,
    /// Copy files of messages and the secret key from this folder too, those that are missing
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Restore though there is a database, which is kept as `….before-restore`
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Done<'a> {
    database: &'a Path,
    bytes: u64,
    migrations: usize,
    kept: Option<PathBuf>,
    files: Option<Copied>,
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
    if let Some(folder) = &arguments.files {
        kept_files::check_in(settings, folder, arguments.force)?;
    }
    let file = arguments.file.display().to_string();
    let refused = |error| {
        refused(
            error,
            "`--force` restores, and keeps it as `….before-restore`",
        )
    };
    let (ready, ()) = prepare_restore(
        &arguments.file,
        database,
        arguments.force,
        &MIGRATIONS,
        |tx, _| note(tx, "database.restore", "database", json!({ "file": file })),
    )
    .map_err(refused)?;
    // Nothing has changed so far, and nobody has the database open. First what adds to what is there, the files, which
    // messages of the backup have; then the key, of which the former is kept; then the database. The same command goes on
    // wherever this ends: what is copied is found to be there, and a database that is not in place yet is not in the way.
    let files = match &arguments.files {
        Some(folder) => Some(kept_files::copy_in(settings, folder)?),
        None => None,
    };
    let restored = ready.finish().map_err(refused)?;
    let mut sentence = format!("`{}` is restored from `{file}`", database.display());
    if let Some(kept) = &restored.kept {
        sentence.push_str(&format!("; what was there is `{}` now", kept.display()));
    }
    if restored.migrated > 0 {
        sentence.push_str(&format!("; {} migrations ran", restored.migrated));
    }
    if let Some(copied) = &files {
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
    format.done(
        &sentence,
        &Done {
            database,
            bytes: restored.bytes,
            migrations: restored.migrated,
            kept: restored.kept,
            files,
        },
    )
}
