//! `unicom request`.

use clap::Subcommand;
use serde_json::json;
use unicom_db::queries::{queue, requests};
use unicom_models::{RequestId, RequestStatus};

use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List requests, the newest first
    List {
        /// Only those of this status, for example FAILED
        #[arg(long)]
        status: Option<RequestStatus>,
        /// How many at the most
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Show a request
    Show {
        /// Its id
        id: RequestId,
    },
    /// Put a failed request back into the queue
    Retry {
        /// Its id
        id: RequestId,
    },
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    match command {
        Command::List { status, limit } => {
            let found = database
                .read(move |db| requests::list(db, status, limit))
                .wait()?;
            format.list(
                &found,
                ["ID", "STATUS", "ACCOUNT", "CREATED", "TEXT", "ERROR"],
                |request| {
                    [
                        request.id.to_string(),
                        request.status.to_string(),
                        request.account_id.to_string(),
                        request.created_at.to_string(),
                        request
                            .display_text
                            .chars()
                            .filter(|c| !c.is_control())
                            .take(40)
                            .collect(),
                        request.error.clone().unwrap_or_default(),
                    ]
                },
            )
        }
        Command::Show { id } => {
            let found = database.read(move |db| requests::get(db, id)).wait()?;
            format.one(&found.ok_or_else(|| missing(id))?)
        }
        Command::Retry { id } => {
            if database.write(move |tx| queue::retry(tx, id)).wait()? {
                return format.done(
                    &format!("request {id} is in the queue again"),
                    &json!({ "id": id }),
                );
            }
            let found = database
                .read(move |db| requests::get(db, id))
                .wait()?
                .ok_or_else(|| missing(id))?;
            Err(Failure::Failed(format!(
                "request {id} is {}: only a FAILED one can be tried again",
                found.status
            )))
        }
    }
}

fn missing(id: RequestId) -> Failure {
    Failure::Failed(format!("request {id} does not exist"))
}
