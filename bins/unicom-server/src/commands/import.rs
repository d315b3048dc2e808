//! The command `unicom import`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use unicom_backup::import;
use unicom_db::Db;

use super::transfer_summary;
use crate::output::Format;
use crate::progress::Progress;
use crate::wiring::MIGRATIONS;
use crate::{Failure, Settings};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file written by `unicom export`; `-` is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
}

pub(crate) fn run(
    settings: &Settings,
    format: Format,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let began = Instant::now();
    let file = match arguments.file == Path::new("-") {
        true => None,
        false => Some(File::open(&arguments.file).map_err(|error| {
            Failure::Failed(format!(
                "cannot read `{}`: {error}",
                arguments.file.display()
            ))
        })?),
    };
    let mut db = Db::connect(&settings.database_url)?;
    for set in MIGRATIONS {
        set.run(&mut db)?;
    }
    let mut progress = Progress::new(format, "importing");
    let (input, length): (Box<dyn Read>, _) = match file {
        Some(file) => {
            let metadata = file.metadata()?;
            // A pipe has no length.
            let length = metadata.is_file().then_some(metadata.len());
            (Box::new(file), length)
        }
        None => (Box::new(std::io::stdin().lock()), None),
    };
    let input = progress.of_bytes(input, length);
    let mut input = BufReader::with_capacity(1 << 18, input);
    let imported = import(&mut db, &MIGRATIONS, &mut input, &mut |table| {
        progress.log_row(table);
    });
    drop(progress);
    let imported = imported.map_err(Failure::failed)?;
    transfer_summary::Summary::new("imported", &imported, began).say(format)
}
