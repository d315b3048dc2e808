//! The command `unicom audit`, and the function with which other commands write to the audit trail.

use std::fmt::Display;

use clap::Subcommand;
use serde_json::Value;
use unicom_core::admin::record_audit;
use unicom_db::{Database, DbError, Tx, queries::audit};

use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

/// The actor of everything that is done on the command line.
const ACTOR: &str = "cli";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List admin actions, latest first
    List {
        /// Maximum number of entries
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let Command::List { limit } = command;
    let found = open_database(settings)?
        .read(move |db| audit::list(db, None, limit))
        .wait()?;
    format.list(
        &found,
        ["TIME", "WHO", "ACTION", "SUBJECT", "DETAILS"],
        |entry| {
            [
                entry.created_at.to_string(),
                entry.actor.clone(),
                entry.action.clone(),
                entry.subject.clone(),
                entry.details.to_string(),
            ]
        },
    )
}

/// Writes an entry to the audit trail, in the transaction of the action that it describes. Never
/// pass a secret.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    action: &str,
    subject: impl Display,
    details: Value,
) -> Result<(), DbError> {
    record_audit(tx, ACTOR, action, &subject.to_string(), details)
}

/// Runs `change` and, if it returns `true`, writes an entry to the audit trail in the same
/// transaction. Returns what `change` returned.
pub(crate) fn audited_change<E: From<DbError> + Send + 'static>(
    database: &Database,
    action: &'static str,
    subject: String,
    details: Value,
    change: impl FnOnce(&mut Tx<'_>) -> Result<bool, E> + Send + 'static,
) -> Result<bool, E> {
    let changed = database.write(move |tx| {
        let changed = change(tx)?;
        if changed {
            note(tx, action, subject, details)?;
        }
        Ok(changed)
    });
    changed.wait()
}
