//! The command `unicom delivery`.

use clap::Subcommand;
use serde_json::json;
use unicom_core::admin::retry_delivery;
use unicom_db::queries::deliveries;
use unicom_models::{DeliveryStatus, MessageId};

use super::Context;
use crate::Failure;

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

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { status, limit } => {
            let found = context.read(move |db| deliveries::list(db, status, limit))?;
            let fields = "message_id status attempts updated_at error";
            context.format.list(&found, fields)
        }
        Command::Retry { message_id: id } => {
            context.write(move |tx, actor| retry_delivery(tx, actor, id))?;
            let sentence = format!("the delivery of message `{id}` is in the queue again");
            context.format.done(&sentence, &json!({ "message_id": id }))
        }
    }
}
