//! Storing what a worker finds out about a claimed request, and putting it back into the queue.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Json, Nullable, Text};
use serde_json::Value;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{CategoryId, MemberId, Request, RequestId, RequestStatus, UtcTime};

use super::{CLAIMED, Claim, claimed};
use crate::prepared::cached_sql;
use crate::queries::leases;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Stores the progress and the notes of a claimed request. Returns `true` if the claim still holds.
///
/// Removes the reply token: from then on, a reply to an earlier attempt is too late.
pub fn save_progress(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    update_one(tx, request, ReplyToken::Ends)
}

/// Sets the category of a request while the claim holds.
///
/// # Errors
/// A foreign-key violation ([`DbError::is_foreign_key_violation`]) if the category does not exist.
pub fn set_category(
    tx: &mut Tx<'_>,
    request: &Request,
    category: CategoryId,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(claimed!(request))
        .set(requests::category_id.eq(category))
        .execute(conn))?;
    Ok(())
}

/// Sets the member behind a request.
pub fn set_member(tx: &mut Tx<'_>, id: RequestId, member: Option<MemberId>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(requests::table.find(id)).set(requests::member_id.eq(member)).execute(conn))?;
    Ok(())
}

/// Puts a claimed request back into the queue, to be tried again at `due`. Stores the status, the
/// error and the notes of its request. Returns `true` if the claim still held.
pub fn requeue(tx: &mut Tx<'_>, claim: &Claim, due: UtcTime) -> Result<bool, DbError> {
    let mut request = claim.request.clone();
    request.due_at = Some(due);
    let held = update_one(tx, &request, ReplyToken::Stays)?;
    if held {
        leases::put_back(tx, &claim.lease, due)?;
    }
    Ok(held)
}

/// What happens to the stored reply token: it stays, so that a late reply is told that the request
/// has ended, or it is removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyToken {
    Stays,
    Ends,
}

fn update_one(tx: &mut Tx<'_>, request: &Request, token: ReplyToken) -> Result<bool, DbError> {
    let held = update_claimed(tx, &[request], token)?;
    Ok(!held.is_empty())
}

cached_sql! {
    struct UpdateOnPostgres<'a> {
        "UPDATE unicom_requests AS request SET status = given.status, due_at = given.due_at,
            error = given.error, metadata = given.metadata, llm_calls = given.llm_calls,
            llm_tokens = given.llm_tokens, identifying_at = given.identifying_at,
            categorizing_at = given.categorizing_at,
            category_list_sent_at = given.category_list_sent_at, queued_at = given.queued_at,
            processing_at = given.processing_at, completed_at = given.completed_at,
            failed_at = given.failed_at, updated_at = " now: UtcTime as UtcMicros,
        ", reply_token_hash = CASE WHEN " keeps_token: bool as Bool,
        " THEN request.reply_token_hash END FROM json_to_recordset(" requests: &'a str as Text,
        "::json) AS given(id uuid, attempts int, status text, due_at timestamptz, error text,
            metadata json, llm_calls int, llm_tokens bigint, identifying_at timestamptz,
            categorizing_at timestamptz, category_list_sent_at timestamptz, queued_at timestamptz,
            processing_at timestamptz, completed_at timestamptz, failed_at timestamptz)
        WHERE request.id = given.id AND request.attempts = given.attempts
            AND request.status IN (" identifying: RequestStatus as Text,
        ", " categorizing: RequestStatus as Text,
        ", " processing: RequestStatus as Text,
    } ") RETURNING request.id"
}

impl diesel::query_builder::Query for UpdateOnPostgres<'_> {
    type SqlType = UuidAny;
}

cached_sql! {
    struct UpdateOnSqlite<'a> {
        "UPDATE unicom_requests SET status = " status: RequestStatus as Text,
        ", due_at = " due_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", error = " error: Option<&'a str> as Nullable<Text>,
        ", metadata = " metadata: &'a Value as Json,
        ", llm_calls = " llm_calls: i32 as Integer,
        ", llm_tokens = " llm_tokens: i64 as BigInt,
        ", identifying_at = " identifying_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", categorizing_at = " categorizing_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", category_list_sent_at = " category_list_sent_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", queued_at = " queued_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", processing_at = " processing_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", completed_at = " completed_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", failed_at = " failed_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", updated_at = " now: UtcTime as UtcMicros,
        ", reply_token_hash = CASE WHEN " keeps_token: bool as Bool,
        " THEN reply_token_hash END WHERE id = " id: RequestId as UuidAny,
        " AND attempts = " attempts: i32 as Integer,
        " AND status IN (" identifying: RequestStatus as Text,
        ", " categorizing: RequestStatus as Text,
        ", " processing: RequestStatus as Text,
    } ")"
}

/// Stores the status, the error, the notes, the usage and the times of claimed requests. Returns
/// those whose claim still held.
pub(super) fn update_claimed(
    tx: &mut Tx<'_>,
    requests: &[&Request],
    token: ReplyToken,
) -> Result<Vec<RequestId>, DbError> {
    let now = tx.now();
    let keeps_token = token == ReplyToken::Stays;
    let [identifying, categorizing, processing] = CLAIMED;
    let db: &mut Db = tx;
    Ok(by_engine!(
        db,
        Postgres(conn) => {
            let requests = serde_json::json!(requests).to_string();
            UpdateOnPostgres {
                now,
                keeps_token,
                requests: &requests,
                identifying,
                categorizing,
                processing,
            }
            .load(conn)?
        },
        Sqlite(conn) => {
            let mut held = Vec::new();
            for request in requests {
                let updated = UpdateOnSqlite {
                    status: request.status,
                    due_at: request.due_at,
                    error: request.error.as_deref(),
                    metadata: &request.metadata,
                    llm_calls: request.llm_calls,
                    llm_tokens: request.llm_tokens,
                    identifying_at: request.identifying_at,
                    categorizing_at: request.categorizing_at,
                    category_list_sent_at: request.category_list_sent_at,
                    queued_at: request.queued_at,
                    processing_at: request.processing_at,
                    completed_at: request.completed_at,
                    failed_at: request.failed_at,
                    now,
                    keeps_token,
                    id: request.id,
                    attempts: request.attempts,
                    identifying,
                    categorizing,
                    processing,
                };
                if updated.execute(conn)? > 0 {
                    held.push(request.id);
                }
            }
            held
        },
    ))
}
