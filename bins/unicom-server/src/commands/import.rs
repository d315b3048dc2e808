//! The command `unicom import`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use unicom_backup::import;
use unicom_db::Db;

use super::transfer_summary;
use crate::output::Format;
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
    let imported = match file {
        Some(file) => import(
            &mut db,
            &MIGRATIONS,
            &mut BufReader::with_capacity(1 << 18, file),
        ),
        None => import(&mut db, &MIGRATIONS, &mut std::io::stdin().lock()),
    };
    let imported = imported.map_err(Failure::failed)?;
    transfer_summary::Summary::new("imported", &imported, began).say(format)
}
