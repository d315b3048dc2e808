//! `unicom restore`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde_json::json;
use unicom_db::files::restore;

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
    // Before the database, whose messages have them.
    let files = match &arguments.files {
        Some(folder) => Some(kept_files::copy_in(settings, folder, arguments.force)?),
        None => None,
    };
    let file = arguments.file.display().to_string();
    let restored = restore(
        &arguments.file,
        database,
        arguments.force,
        &MIGRATIONS,
        |tx| note(tx, "database.restore", "database", json!({ "file": file })),
    )
    .map_err(|error| {
        refused(
            error,
            "`--force` restores, and keeps it as `….before-restore`",
        )
    })?;
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
