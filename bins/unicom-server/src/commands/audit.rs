//! `unicom audit`; and the lines that other commands write into the trail.

use std::fmt::Display;

use clap::Subcommand;
use serde_json::{Map, Value};
use unicom_core::record_audit;
use unicom_db::{DbError, Tx, queries::audit};

use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

/// Who did what is done on the command line.
const ACTOR: &str = "cli";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what was done by those who manage unicom, the latest first
    List {
        /// How many lines at the most
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

/// Writes a line into the audit trail, in the transaction of what it tells of. Never pass a secret.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    action: &str,
    subject: impl Display,
    details: Value,
) -> Result<(), DbError> {
    record_audit(tx, ACTOR, action, &subject.to_string(), details)
}

/// The fields that are to be set, for the trail; those that stay are not among them.
pub(crate) fn set<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let set = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    Value::Object(fields.into_iter().filter_map(set).collect())
}

/// Whether a field is set or cleared, where what it says is not for the trail: the trail outlives what it tells of.
pub(crate) fn set_or_cleared<T>(field: &Option<Option<T>>) -> Option<Value> {
    let value = field.as_ref()?;
    Some(if value.is_some() { "set" } else { "cleared" }.into())
}

/// The names of the settings in a configuration: what they say may be secret.
pub(crate) fn keys(config: &Value) -> Value {
    let names = config.as_object().into_iter().flat_map(Map::keys);
    names.map(String::as_str).collect()
}
