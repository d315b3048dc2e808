//! The command `unicom backup`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use unicom_backup::{BackupError, Copied, backup};
use unicom_db::files::FileError;

use super::backup_files::{left_out, local_files};
use crate::output::{Format, note};
use crate::paths::sqlite_file;
use crate::progress::Progress;
use crate::{Failure, Settings};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file to write
    file: PathBuf,
    /// Also copy the files of messages and the secret key to this folder, except those already
    /// there
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Made<'a> {
    file: &'a Path,
    bytes: u64,
    files: Option<Copied>,
}

pub(crate) fn run(
    settings: &Settings,
    format: Format,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let Some(database) = sqlite_file(settings) else {
        return Err(Failure::Usage(format!(
            "`unicom backup` is for SQLite; with PostgreSQL: \
             pg_dump --format=custom --file={} --dbname=\"$UNICOM_DATABASE_URL\"",
            arguments.file.display()
        )));
    };
    let refused = |error| refused(error, "`--force` replaces it");
    let local = local_files(settings);
    if let Some(folder) = &arguments.files {
        local.check_back_up(folder).map_err(refused)?;
    }
    let progress = Progress::new(format, "copying the database");
    let bytes = backup(database, &arguments.file, arguments.force).map_err(refused)?;
    // After the database, because a file is stored before the message that has it.
    let files = match &arguments.files {
        Some(folder) => {
            progress.of_files("copying files");
            let copied = local.back_up(folder, &mut || progress.step());
            Some(copied.map_err(refused)?)
        }
        None => None,
    };
    drop(progress);
    if let Some(former) = files.as_ref().and_then(|copied| copied.former_key.as_ref()) {
        note(format_args!(
            "unicom: the secret key differs from the one in the folder, which is now `{}`",
            former.display()
        ));
    }
    if let Some(left) = left_out(settings, arguments.files.is_some()) {
        let hint = if arguments.files.is_none() {
            "; `--files FOLDER` copies what is on this machine"
        } else {
            ""
        };
        note(format_args!("unicom: {left}{hint}"));
    }
    let file = &arguments.file;
    let mut sentence = format!("`{}` is written: {bytes} bytes", file.display());
    if let (Some(copied), Some(folder)) = (&files, &arguments.files) {
        sentence.push_str(&format!(
            "; {} files are copied to `{}`, {} were there",
            copied.copied,
            folder.display(),
            copied.there
        ));
    }
    format.done(&sentence, &Made { file, bytes, files })
}

/// Converts the error of a backup, a restore or a file operation. A file that exists (with the hint
/// `force`), a different key, and a database or a folder that would be copied to itself are wrong
/// usage, any other error a failure.
pub(super) fn refused(error: impl Into<BackupError>, force: &str) -> Failure {
    let error = error.into();
    match &error {
        BackupError::File(FileError::Exists { .. }) => Failure::Usage(format!("{error}: {force}")),
        BackupError::Itself { .. } => Failure::Usage(error.to_string()),
        BackupError::Nested { folder, .. } => Failure::Usage(format!(
            "`{}` cannot be the folder of `--files`: {error}",
            folder.display()
        )),
        BackupError::OtherKey { .. } => Failure::Usage(format!(
            "{error}: `--force` replaces it and keeps it as `….before-restore`; users who logged in since then have to \
             log in again"
        )),
        _ => Failure::failed(error),
    }
}
