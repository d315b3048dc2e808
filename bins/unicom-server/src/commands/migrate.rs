//! The command `unicom migrate`.

use serde_json::json;
use unicom_db::{Db, Engine};

use crate::output::Format;
use crate::progress::Progress;
use crate::wiring::MIGRATIONS;
use crate::{Failure, Settings};

/// Runs the pending migrations.
pub(crate) fn run(settings: &Settings, format: Format) -> Result<(), Failure> {
    let mut db = Db::connect(&settings.database_url)?;
    let progress = Progress::new(format, "running migrations");
    let mut ran = 0;
    for set in MIGRATIONS {
        ran += set.run(&mut db)?;
    }
    drop(progress);
    let engine = match db.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let sentence = match ran {
        0 => format!("the {engine} database is up to date"),
        ran => format!("the {engine} database is up to date now: {ran} migrations ran"),
    };
    format.done(&sentence, &json!({ "migrations": ran }))
}
