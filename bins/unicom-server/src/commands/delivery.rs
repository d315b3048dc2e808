//! The command `unicom delivery`.

use clap::Subcommand;
use serde_json::json;
use unicom_db::{Database, Tx, queries::deliveries};
use unicom_models::{DeliveryStatus, MessageId};

use super::audit::audited_change;
use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List deliveries of messages to platforms, latest change first
    List {
        /// Only deliveries with this status: queued, sent or dead
        #[arg(long)]
        status: Option<DeliveryStatus>,
        /// Maximum number of deliveries
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Put a dead delivery back into the queue
    Retry {
        /// The id of the message to deliver
        message_id: MessageId,
    },
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    match command {
        Command::List { status, limit } => {
            let found = database
                .read(move |db| deliveries::list(db, status, limit))
                .wait()?;
            format.list(
                &found,
                ["MESSAGE", "STATUS", "ATTEMPTS", "CHANGED", "ERROR"],
                |delivery| {
                    [
                        delivery.message_id.to_string(),
                        delivery.status.to_string(),
                        delivery.attempts.to_string(),
                        delivery.updated_at.to_string(),
                        delivery.error.clone().unwrap_or_default(),
                    ]
                },
            )
        }
        Command::Retry { message_id } => retry(&database, format, message_id),
    }
}

fn retry(database: &Database, format: Format, id: MessageId) -> Result<(), Failure> {
    let (action, subject) = ("delivery.retry", format!("message:{id}"));
    let put_back = move |tx: &mut Tx<'_>| deliveries::retry(tx, id);
    if audited_change(database, action, subject, json!({}), put_back)? {
        let sentence = format!("the delivery of message `{id}` is in the queue again");
        return format.done(&sentence, &json!({ "message_id": id }));
    }
    let found = database.read(move |db| deliveries::get(db, id)).wait()?;
    Err(Failure::Failed(match found {
        Some(delivery) => format!(
            "the delivery of message `{id}` is {}: only a dead one can be tried again",
            delivery.status
        ),
        None => format!("a delivery of message `{id}` does not exist"),
    }))
}
