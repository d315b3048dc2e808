//! The command `unicom request`.

use clap::{Args, Subcommand};
use serde_json::json;
use unicom_db::queries::requests::RequestFilters;
use unicom_db::queries::{queue, requests};
use unicom_db::{Database, DbError, Tx};
use unicom_models::{CategoryId, MemberId, Request, RequestId, RequestStatus};

use super::{audit::note, missing};
use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

/// The number of requests that are read with one query, and put back in one transaction.
const BATCH: usize = 500;

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

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    match command {
        Command::List(filters) => list(&database, format, filters),
        Command::Show { id } => format.one(&get(&database, id)?),
        Command::Retry { id: Some(id), .. } => retry(&database, format, id),
        Command::Retry { id: None, .. } => retry_all_failed(&database, format),
    }
}

fn list(database: &Database, format: Format, filters: Filters) -> Result<(), Failure> {
    let limit = filters.limit;
    let filters = RequestFilters {
        status: filters.status,
        chat_id: filters.chat.map(Into::into),
        account_id: filters.account.map(Into::into),
        category_id: filters.category,
        member_id: filters.member,
        before: None,
    };
    let found = database
        .read(move |db| requests::list(db, &filters, limit))
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

fn get(database: &Database, id: RequestId) -> Result<Request, Failure> {
    let found = database.read(move |db| requests::get(db, id)).wait()?;
    found.ok_or_else(|| missing("request", id))
}

fn retry(database: &Database, format: Format, id: RequestId) -> Result<(), Failure> {
    if database.write(move |tx| put_back(tx, id)).wait()? {
        let sentence = format!("request `{id}` is in the queue again");
        return format.done(&sentence, &json!({ "id": id }));
    }
    let status = get(database, id)?.status;
    Err(Failure::Failed(format!(
        "request `{id}` is {status}: only one that is FAILED, or QUEUED for a person, can be tried again"
    )))
}

fn retry_all_failed(database: &Database, format: Format) -> Result<(), Failure> {
    let mut retried = 0;
    // The oldest first, so that they are answered in the order in which they were asked.
    for ids in failed(database)?.rchunks(BATCH) {
        let ids: Vec<RequestId> = ids.iter().rev().copied().collect();
        let put_back: Result<usize, DbError> = database
            .write(move |tx| {
                let mut count = 0;
                for id in ids {
                    count += usize::from(put_back(tx, id)?);
                }
                Ok(count)
            })
            .wait();
        retried += put_back?;
    }
    let sentence = match retried {
        1 => "1 request is in the queue again".to_owned(),
        count => format!("{count} requests are in the queue again"),
    };
    format.done(&sentence, &json!({ "retried": retried }))
}

/// Returns the requests that have failed so far, newest first.
fn failed(database: &Database) -> Result<Vec<RequestId>, DbError> {
    let mut filters = RequestFilters {
        status: Some(RequestStatus::Failed),
        ..RequestFilters::default()
    };
    let mut ids = Vec::new();
    loop {
        let asked = filters.clone();
        let page = database
            .read(move |db| requests::list(db, &asked, BATCH as i64))
            .wait()?;
        ids.extend(page.iter().map(|request| request.id));
        match page.last() {
            Some(last) if page.len() == BATCH => {
                filters.before = Some((last.created_at, last.id));
            }
            _ => return Ok(ids),
        }
    }
}

/// Puts a request back into the queue. Returns `true` if it was put back.
fn put_back(tx: &mut Tx<'_>, id: RequestId) -> Result<bool, DbError> {
    let put_back = queue::retry(tx, id)?;
    if put_back {
        note(tx, "request.retry", format_args!("request:{id}"), json!({}))?;
    }
    Ok(put_back)
}
