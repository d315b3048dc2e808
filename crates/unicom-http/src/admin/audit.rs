//! `admin/audit/`: lists the audit trail.

use actix_web::HttpResponse;
use serde::Serialize;
use unicom_db::queries::audit;
use unicom_models::AuditEntry;
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{InvalidCursor, InvalidParameter, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{PageParameters, read_only};
use crate::respond::{PageEnd, Success};
use crate::{ApiError, cursor, respond};

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    audit: Vec<AuditEntry>,
    #[serde(flatten)]
    end: PageEnd,
}

/// Lists the audit trail, newest entries first.
#[utoipa::path(
    get, path = "/audit", operation_id = "list_audit", tag = "audit", params(PageParameters),
    responses(
        (status = 200, description = "A page of the trail", body = Success<AuditPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let PageParameters { limit, cursor } = read_only(&request.http)?;
    let after = cursor.as_deref().map(cursor::decode_at).transpose()?;
    let found = request
        .read(move |db| audit::list(db, after, i64::from(limit) + 1))
        .await?;
    let (audit, end) = respond::page(found, limit, |entry| cursor::at(entry.created_at, entry.id));
    Ok(respond::ok(AuditPage { audit, end }))
}
