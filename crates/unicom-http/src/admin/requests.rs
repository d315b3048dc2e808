//! `admin/requests/`: lists, shows and retries requests, the tasks created by incoming messages.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use unicom_core::admin::retry_request;
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_models::{AccountId, CategoryId, ChatId, MemberId, Request, RequestId, RequestStatus};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{Conflict, InvalidCursor, InvalidParameter, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{PageParameters, read_page};
use crate::respond::{PageEnd, Success};
use crate::{ApiError, cursor, ids, respond};

/// A page of requests.
#[derive(Serialize, ToSchema)]
struct RequestPage {
    requests: Vec<Request>,
    #[serde(flatten)]
    end: PageEnd,
}

/// A request.
#[derive(Serialize, ToSchema)]
struct RequestResponse {
    request: Request,
}

/// Which requests are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    status: Option<RequestStatus>,
    /// Requests of this chat.
    chat_id: Option<ChatId>,
    /// Requests of this account.
    account_id: Option<AccountId>,
    /// Requests of this member.
    member_id: Option<MemberId>,
    /// Requests of this category.
    category_id: Option<CategoryId>,
}

/// Lists requests, newest first.
#[utoipa::path(
    get, path = "/requests", operation_id = "list_requests", tag = "requests",
    params(ListParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the list", body = Success<RequestPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (filters, PageParameters { limit, cursor }) =
        read_page::<ListParameters, _>(&request.http)?;
    let filters = RequestFilters {
        status: filters.status,
        chat_id: filters.chat_id,
        account_id: filters.account_id,
        member_id: filters.member_id,
        category_id: filters.category_id,
        before: cursor.as_deref().map(cursor::decode_at).transpose()?,
    };
    let found = request
        .read(move |db| requests::list(db, &filters, i64::from(limit) + 1))
        .await?;
    let (requests, end) = respond::page(found, limit, |request| {
        cursor::at(request.created_at, request.id)
    });
    Ok(respond::ok(RequestPage { requests, end }))
}

/// Returns a request.
#[utoipa::path(
    get, path = "/requests/{id}", operation_id = "get_request", tag = "requests",
    params(("id" = RequestId, Path, description = "The request")),
    responses(
        (status = 200, description = "The request", body = Success<RequestResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("request")?;
    let found = request.read(move |db| requests::get(db, id)).await?;
    let request = found.ok_or_else(|| ids::missing("request"))?;
    Ok(respond::ok(RequestResponse { request }))
}

/// Requeues a request that has failed or that waits for a person.
#[utoipa::path(
    post, path = "/requests/{id}/retry", operation_id = "retry_request", tag = "requests",
    params(("id" = RequestId, Path, description = "The request")),
    responses(
        (status = 200, description = "The request, queued", body = Success<RequestResponse>),
        ErrorResponses<{ error_kinds(&[NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn retry(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("request")?;
    let request = request
        .write(move |tx, actor, _| retry_request(tx, actor, id))
        .await?;
    Ok(respond::ok(RequestResponse { request }))
}
