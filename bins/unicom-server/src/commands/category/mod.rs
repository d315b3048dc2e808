//! `unicom category`.

mod arguments;
mod change;
mod dry_run;
mod list;
mod shown;

use clap::Subcommand;
use unicom_core::matchers::Matchers;
use unicom_db::queries::categories;
use unicom_models::CategoryId;

use self::arguments::{Changes, New};
use self::shown::Shown;
use super::missing;
use crate::output::Format;
use crate::wiring::{self, open_database};
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a category of requests
    Create(New),
    /// List all categories, each below the one it is part of
    List,
    /// Show a category, to what it is restricted and to whom it is open
    Show {
        /// Its id
        id: CategoryId,
    },
    /// Change a category
    Update {
        /// Its id
        id: CategoryId,
        #[command(flatten)]
        changes: Changes,
    },
    /// Delete a category and those below it; their requests stay, without a category
    Delete {
        /// Its id
        id: CategoryId,
    },
    /// Say whether a category's matcher agrees with a text; nothing is stored
    Test {
        /// Its id
        id: CategoryId,
        /// What a visitor might write
        #[arg(long)]
        text: String,
        /// As if this account wrote it, on its channel [default: somebody whom nobody knows]
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    let matchers = Matchers::default;
    let parts = || (wiring::bots(settings, &database), matchers());
    match command {
        Command::Create(new) => change::create(&database, parts(), format, new),
        Command::List => list::run(&database, format),
        Command::Show { id } => {
            let found: Option<Shown> = database
                .read(move |db| {
                    let found = categories::get(db, id)?;
                    found.map(|category| Shown::of(db, category)).transpose()
                })
                .wait()?;
            format.one(&found.ok_or_else(|| missing("category", id))?)
        }
        Command::Update { id, changes } => change::update(&database, parts(), format, id, changes),
        Command::Delete { id } => change::delete(&database, format, id),
        Command::Test { id, text, account } => {
            dry_run::run(&database, matchers(), format, id, text, account)
        }
    }
}
