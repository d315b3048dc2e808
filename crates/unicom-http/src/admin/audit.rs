//! `admin/audit/`: lists the audit trail, and records the actions of other handlers in it.

use std::fmt::Display;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use unicom_core::admin::record_audit;
use unicom_db::{DbError, Tx, queries::audit};
use unicom_models::AuditEntry;
use utoipa::ToSchema;

use crate::openapi::Kind::{InvalidCursor, InvalidParameter, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{PageParameters, read_only};
use crate::respond::{PageEnd, Success};
use crate::{Admin, Api, ApiError, cursor, respond};

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    audit: Vec<AuditEntry>,
    #[serde(flatten)]
    end: PageEnd,
}

/// Lists the audit trail, newest entries first.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "list_audit",
    tag = "audit",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the trail", body = Success<AuditPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let PageParameters { limit, cursor } = read_only(&request)?;
    let after = cursor.as_deref().map(cursor::decode_at).transpose()?;
    let found = api
        .database
        .read(move |db| audit::list(db, after, i64::from(limit) + 1))
        .await?;
    let (audit, end) = respond::page(found, limit, |entry| cursor::at(entry.created_at, entry.id));
    Ok(respond::ok(AuditPage { audit, end }))
}

/// Adds an entry to the audit trail, in the transaction of the action it describes. Never pass a
/// secret.
pub(super) fn note(
    tx: &mut Tx<'_>,
    admin: &Admin,
    action: &str,
    subject: impl Display,
    details: Value,
) -> Result<(), DbError> {
    record_audit(tx, &admin.actor, action, &subject.to_string(), details)
}
