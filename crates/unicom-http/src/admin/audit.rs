//! `admin/audit/`: what was done by those who manage unicom; and the lines that other handlers write into it.

use std::fmt::Display;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use unicom_core::record_audit;
use unicom_db::{DbError, Tx, queries::audit};

use crate::parameters::Parameters;
use crate::{Api, ApiError, Staff, cursor, respond};

/// Answers with a page of the trail, the newest first.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let parameters = Parameters::known(&request, &["limit", "cursor"])?;
    let limit = parameters.limit()?;
    let after = parameters
        .get("cursor")
        .map(cursor::decode_at)
        .transpose()?;
    let found = api
        .database
        .read(move |db| audit::list(db, after, i64::from(limit) + 1))
        .await?;
    Ok(respond::page("audit", found, limit, |entry| {
        cursor::at(entry.created_at, entry.id)
    }))
}

/// Writes a line into the trail, in the transaction of what it tells of. Never pass a secret.
pub(super) fn note(
    tx: &mut Tx<'_>,
    staff: &Staff,
    action: &str,
    subject: impl Display,
    details: Value,
) -> Result<(), DbError> {
    record_audit(tx, &staff.actor, action, &subject.to_string(), details)
}
