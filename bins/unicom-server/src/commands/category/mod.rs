//! The command `unicom category`.

mod arguments;
mod change;
mod dry_run;
mod list;
mod shown;

use clap::Subcommand;
use unicom_db::queries::categories;
use unicom_matchers::Matchers;
use unicom_models::CategoryId;

use self::arguments::{Changes, New};
use self::shown::Shown;
use super::missing;
use crate::output::Format;
use crate::wiring::{self, open_database};
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a category of requests
    Create(New),
    /// List all categories, each below its parent
    List,
    /// Show a category, with the channels it is restricted to and the members and groups that may
    /// use it
    Show {
        /// The category's id
        id: CategoryId,
    },
    /// Change a category
    Update {
        /// The category's id
        id: CategoryId,
        #[command(flatten)]
        changes: Changes,
    },
    /// Delete a category and those below it; their requests stay, without a category
    Delete {
        /// The category's id
        id: CategoryId,
    },
    /// Test whether a category's matcher matches a text; nothing is stored
    Test {
        /// The category's id
        id: CategoryId,
        /// A text as a visitor might write it
        #[arg(long)]
        text: String,
        /// The account that is treated as the author, on its channel [default: an unknown visitor]
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
