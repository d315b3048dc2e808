//! The command `unicom request`.

use clap::{Args, Subcommand};
use serde_json::json;
use unicom_core::admin::{Actor, retry_failed_requests, retry_request};
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_models::{CategoryId, MemberId, RequestId, RequestStatus};

use super::Context;
use crate::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List requests, newest first
    List(Filters),
    /// Show a request
    Show {
        /// The request's id
        id: RequestId,
    },
    /// Put a request that has failed, or that waits for a person, back into the queue; or all that
    /// have failed
    Retry {
        /// The request's id
        #[arg(required_unless_present = "all_failed")]
        id: Option<RequestId>,
        /// All requests that have failed, oldest first
        #[arg(long, conflicts_with = "id")]
        all_failed: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only requests with this status, for example FAILED
    #[arg(long)]
    status: Option<RequestStatus>,
    /// Only requests of this chat
    #[arg(long, value_name = "ID")]
    chat: Option<String>,
    /// Only requests of this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only requests of this category
    #[arg(long, value_name = "ID")]
    category: Option<CategoryId>,
    /// Only requests of this member
    #[arg(long, value_name = "ID")]
    member: Option<MemberId>,
    /// Maximum number of requests
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    match command {
        Command::List(filters) => list(context, filters),
        Command::Show { id } => {
            format.one(&context.get("request", id, move |db| requests::get(db, id))?)
        }
        Command::Retry { id: Some(id), .. } => {
            context.write(move |tx, actor| retry_request(tx, actor, id))?;
            format.done(
                &format!("request `{id}` is in the queue again"),
                &json!({ "id": id }),
            )
        }
        Command::Retry { id: None, .. } => {
            let retried = retry_failed_requests(&context.database, &Actor::COMMAND_LINE)?;
            let sentence = match retried {
                1 => "1 request is in the queue again".to_owned(),
                count => format!("{count} requests are in the queue again"),
            };
            format.done(&sentence, &json!({ "retried": retried }))
        }
    }
}

fn list(context: &Context<'_>, filters: Filters) -> Result<(), Failure> {
    let limit = filters.limit;
    let filters = RequestFilters {
        status: filters.status,
        chat_id: filters.chat.map(Into::into),
        account_id: filters.account.map(Into::into),
        category_id: filters.category,
        member_id: filters.member,
        before: None,
    };
    let found = context.read(move |db| requests::list(db, &filters, limit))?;
    context.format.list_as(
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
