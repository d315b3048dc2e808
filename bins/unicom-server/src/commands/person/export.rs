//! The commands `unicom account export` and `unicom member export`.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::TryStreamExt;
use unicom_auth::person;
use unicom_core::media::{MediaError, MediaStore};
use unicom_core::person::{ExportedFile, PersonRef};
use unicom_webchat::{find_person_to_export, record_export};

use crate::commands::{Context, runtime};
use crate::{Failure, output::JsonOutput, wiring};

#[derive(Debug, Args)]
pub(crate) struct ExportPerson {
    /// The file to write, which must not exist yet; without it, standard output is used
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A folder to copy the person's files to
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
}

/// Exports all data of the person behind `whom`.
pub(crate) fn export_person(
    context: &Context<'_>,
    whom: PersonRef,
    arguments: ExportPerson,
) -> Result<(), Failure> {
    let (what, id) = (whom.kind(), whom.id());
    let media = wiring::media(context.settings)?;
    let sought = whom.clone();
    let (person, users) =
        context.read(move |db| find_person_to_export(db, &sought, person::export))?;
    if let Some(folder) = &arguments.files {
        create_private_folder(folder)?;
    }
    let mut out: Box<dyn Write + Send> = match &arguments.output {
        Some(path) => Box::new(BufWriter::new(create_private(path)?)),
        None => Box::new(BufWriter::new(JsonOutput::new(std::io::stdout()))),
    };
    let now = context.database.now();
    let files = context.read(move |db| -> Result<_, Failure> {
        let files = unicom_core::person::export_person(db, &person, &users, now, &mut *out);
        files.map_err(Failure::failed)
    })?;
    let count = files.len();
    context.write(move |tx, actor| record_export(tx, actor, &whom, count))?;
    if let Some(folder) = &arguments.files {
        runtime()?.block_on(copy_files(media.as_ref(), folder, &files))?;
    }
    match &arguments.output {
        Some(path) => {
            let sentence = format!("{what} `{id}` is exported to `{}`", path.display());
            let done = serde_json::json!({ "id": id, "files": count });
            context.format.done(&sentence, &done)
        }
        None => Ok(()),
    }
}

/// Copies files to the folder. Files that the media store no longer has are left out, and are named
/// in the error at the end.
async fn copy_files(
    media: &dyn MediaStore,
    folder: &Path,
    files: &[ExportedFile],
) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for file in files {
        let mut chunks = match media.open(file.key.clone(), None).await {
            Err(MediaError::NotFound { .. }) => {
                missing.push(file.path.as_str());
                continue;
            }
            opened => opened?,
        };
        let mut copy = create_private(&folder.join(&file.path))?;
        while let Some(chunk) = chunks.try_next().await? {
            copy.write_all(&chunk)?;
        }
        copy.sync_all()?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "exported, except files missing from the media store: {}",
        missing.join(", ")
    )))
}

/// Creates a new file that only its owner can read.
fn create_private(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| Failure::Failed(format!("cannot write `{}`: {error}", path.display())))
}

/// Creates a folder that only its owner can read. It may already exist.
fn create_private_folder(path: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| Failure::Failed(format!("cannot make `{}`: {error}", path.display())))
}
