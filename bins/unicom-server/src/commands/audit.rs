//! The command `unicom audit`.

use clap::Subcommand;
use unicom_db::queries::audit;

use super::Context;
use crate::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List admin actions, latest first
    List {
        /// Maximum number of entries
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let Command::List { limit } = command;
    let found = context.read(move |db| audit::list(db, None, limit))?;
    let fields = "created_at actor action subject details";
    context.format.list(&found, fields)
}
