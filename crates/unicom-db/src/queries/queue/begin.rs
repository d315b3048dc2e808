//! Beginning attempts at requests.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Json, Nullable, Text};
use serde_json::Value;
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{MemberId, Request, RequestId, RequestStatus, UtcTime};

use crate::prepared::cached_sql;
use crate::{Db, DbError, Tx, by_engine};

cached_sql! {
    struct BeginOnPostgres<'a> {
        "UPDATE unicom_requests AS request SET attempts = given.attempts, status = given.status,
            member_id = given.member_id, metadata = given.metadata, reply_token_hash = CASE
                WHEN given.status = 'IDENTIFYING' THEN request.reply_token_hash END,
            identifying_at = given.identifying_at, categorizing_at = given.categorizing_at,
            queued_at = given.queued_at, processing_at = given.processing_at,
            updated_at = given.updated_at FROM json_to_recordset(" requests: &'a str as Text,
    } "::json) AS given(id uuid, attempts int, status text, member_id uuid, metadata json,
            identifying_at timestamptz, categorizing_at timestamptz, queued_at timestamptz,
            processing_at timestamptz, updated_at timestamptz)
        WHERE request.id = given.id AND request.attempts = given.attempts - 1"
}

cached_sql! {
    struct BeginOnSqlite<'a> {
        "UPDATE unicom_requests SET attempts = " attempts: i32 as Integer,
        ", status = " status: RequestStatus as Text,
        ", member_id = " member_id: Option<MemberId> as Nullable<UuidAny>,
        ", metadata = " metadata: &'a Value as Json,
        ", reply_token_hash = CASE WHEN " keeps_token: bool as Bool,
        " THEN reply_token_hash END, identifying_at = " identifying_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", categorizing_at = " categorizing_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", queued_at = " queued_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", processing_at = " processing_at: Option<UtcTime> as Nullable<UtcMicros>,
        ", updated_at = " updated_at: UtcTime as UtcMicros,
        " WHERE id = " id: RequestId as UuidAny,
    } ""
}

/// Stores that attempts at these requests have begun: their incremented numbers of attempts, and
/// their status, which is that of a claimed request. Removes the reply tokens of those that have
/// got beyond the first status: from then on, a reply to an earlier attempt is too late.
///
/// The requests are those of [`heads`](super::heads), which this transaction has locked.
pub fn begin_attempts(tx: &mut Tx<'_>, requests: &[Request]) -> Result<(), DbError> {
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(conn) => {
            let requests = serde_json::json!(requests).to_string();
            BeginOnPostgres { requests: &requests }.execute(conn)?;
        },
        Sqlite(conn) => {
            for request in requests {
                BeginOnSqlite {
                    attempts: request.attempts,
                    status: request.status,
                    member_id: request.member_id,
                    metadata: &request.metadata,
                    keeps_token: request.status == RequestStatus::Identifying,
                    identifying_at: request.identifying_at,
                    categorizing_at: request.categorizing_at,
                    queued_at: request.queued_at,
                    processing_at: request.processing_at,
                    updated_at: request.updated_at,
                    id: request.id,
                }
                .execute(conn)?;
            }
        },
    );
    Ok(())
}
