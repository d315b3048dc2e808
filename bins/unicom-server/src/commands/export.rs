//! The command `unicom export`.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use unicom_backup::{Transferred, count_rows, export};
use unicom_db::Db;
use unicom_db::files::{NewFile, same_file};

use super::backup::refused;
use super::backup_files::left_out;
use super::transfer_summary;
use crate::output::{Format, JsonOutput, note};
use crate::paths::{existing_database, sqlite_file};
use crate::progress::Progress;
use crate::wiring::MIGRATIONS;
use crate::{Failure, Settings};

/// What the progress and the log call an export.
const DOING: &str = "exporting";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file to write; `-` is standard output
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(
    settings: &Settings,
    format: Format,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let began = Instant::now();
    let mut db = existing_database(settings)?;
    let to_output = arguments.file == Path::new("-");
    let exported = if to_output {
        let progress = match std::io::stdout().is_terminal() {
            true => Progress::hidden(DOING),
            false => Progress::new(format, DOING),
        };
        let out = JsonOutput::new(std::io::stdout().lock());
        write_to(&mut db, out, progress)?
    } else {
        let taken = sqlite_file(settings).is_some_and(|path| same_file(path, &arguments.file));
        if taken {
            let path = arguments.file.display();
            return Err(Failure::Usage(format!("`{path}` is the database itself")));
        }
        let failed = |error| refused(error, "`--force` replaces it");
        let mut file = NewFile::create(&arguments.file, arguments.force).map_err(failed)?;
        let exported = write_to(&mut db, &mut file, Progress::new(format, DOING))?;
        file.finish().map_err(failed)?;
        exported
    };
    if let Some(left) = left_out(settings, false) {
        note(format_args!("unicom: {left}"));
    }
    let summary = transfer_summary::Summary::new("exported", &exported, began);
    match to_output {
        // Standard output contains the export.
        true => summary.eprint(format),
        false => summary.say(format),
    }
}

fn write_to(db: &mut Db, out: impl Write, mut progress: Progress) -> Result<Transferred, Failure> {
    if progress.is_shown() {
        progress.of_rows(count_rows(db, &MIGRATIONS)?);
    }
    let mut on_row = |table: &str| {
        progress.step();
        progress.log_row(table);
    };
    let mut out = BufWriter::with_capacity(1 << 18, out);
    let exported = export(db, &MIGRATIONS, &mut out, &mut on_row).map_err(Failure::failed)?;
    out.flush()?;
    Ok(exported)
}
