//! The command `unicom migrate`.

use serde_json::json;
use unicom_db::{Db, Engine, Migrations};

use crate::output::Format;
use crate::progress::Progress;
use crate::wiring::MIGRATIONS;
use crate::{Failure, Settings};

/// Maximum number of a host's migrations that the sentence names.
const MOST_NAMED: usize = 5;

/// Runs the pending migrations, and reports beside which of a host application they stand.
pub(crate) fn run(settings: &Settings, format: Format) -> Result<(), Failure> {
    let mut db = Db::connect(&settings.database_url)?;
    db.ping_to_write()?;
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
    let mut sentence = match ran {
        0 => format!("the {engine} database is up to date"),
        ran => format!("the {engine} database is up to date now: {ran} migrations ran"),
    };
    let others = Migrations::applied_by_others(&mut db, &MIGRATIONS)?;
    sentence.push_str(&beside(&others));
    format.done(
        &sentence,
        &json!({ "migrations": ran, "host_migrations": others }),
    )
}

/// Names the migrations of a host, worded to follow a sentence.
fn beside(others: &[String]) -> String {
    let named = others.iter().take(MOST_NAMED).cloned();
    let named = named.collect::<Vec<_>>().join(", ");
    match others.len() {
        0 => String::new(),
        1 => format!(", beside 1 migration of the host: {named}"),
        count if count <= MOST_NAMED => format!(", beside {count} migrations of the host: {named}"),
        count => format!(", beside {count} migrations of the host: {named}, …"),
    }
}
