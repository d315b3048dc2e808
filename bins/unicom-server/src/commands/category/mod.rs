//! The command `unicom category`.

mod arguments;
mod dry_run;
mod list;
mod shown;

use clap::Subcommand;
use serde_json::json;
use unicom_core::CoreError;
use unicom_core::admin::{create_category, delete_category, update_category};
use unicom_db::queries::categories;
use unicom_models::CategoryId;

use self::arguments::{Changes, New};
use self::shown::Shown;
use super::{Context, confirm::Confirm, values::changed};
use crate::Failure;

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
        #[command(flatten)]
        confirm: Confirm,
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

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    match command {
        Command::Create(new) => {
            let (extensions, new) = (context.extensions(), new.into_change());
            let shown = context.write(move |tx, actor| -> Result<_, CoreError> {
                let category = create_category(tx, actor, &extensions, new)?;
                Ok(Shown::of(tx, category)?)
            })?;
            let sentence = format!("category `{}` is created", shown.category.id);
            format.done(&sentence, &shown)
        }
        Command::List => list::run(context),
        Command::Show { id } => format.one(&context.get("category", id, move |db| {
            let found = categories::get(db, id)?;
            found.map(|category| Shown::of(db, category)).transpose()
        })?),
        Command::Update { id, changes } => {
            let (extensions, change) = (context.extensions(), changed(changes.into_change())?);
            let shown = context.write(move |tx, actor| -> Result<_, CoreError> {
                let category = update_category(tx, actor, &extensions, id, change)?;
                Ok(Shown::of(tx, category)?)
            })?;
            format.done(&format!("category `{id}` is changed"), &shown)
        }
        Command::Delete { id, confirm } => {
            confirm.ask(|| {
                let category = context.get("category", id, move |db| categories::get(db, id))?;
                Ok(format!(
                    "Delete category `{id}` ({}) and those below it?",
                    category.name
                ))
            })?;
            let below = context.write(move |tx, actor| delete_category(tx, actor, id))?;
            let sentence = match below.len() {
                0 => format!("category `{id}` is deleted"),
                count => format!("category `{id}` and the {count} below it are deleted"),
            };
            format.done(&sentence, &json!({ "id": id, "below": below }))
        }
        Command::Test { id, text, account } => dry_run::run(context, id, text, account),
    }
}
