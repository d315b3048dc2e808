//! `admin/requests/`: the tasks that incoming messages have become.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use unicom_db::queries::queue;
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_models::Request;

use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, cursor, ids, respond};

const PARAMETERS: &[&str] = &[
    "status",
    "chat_id",
    "account_id",
    "member_id",
    "category_id",
    "limit",
    "cursor",
];

/// Answers with a page of them, the newest first.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let parameters = Parameters::known(&request, PARAMETERS)?;
    let limit = parameters.limit()?;
    let filters = RequestFilters {
        status: parameters.choice("status")?,
        chat_id: parameters.get("chat_id").map(Into::into),
        account_id: parameters.get("account_id").map(Into::into),
        member_id: parameters.id("member_id", "member")?,
        category_id: parameters.id("category_id", "category")?,
        before: parameters
            .get("cursor")
            .map(cursor::decode_at)
            .transpose()?,
    };
    let found = api
        .database
        .read(move |db| requests::list(db, &filters, i64::from(limit) + 1))
        .await?;
    Ok(respond::page("requests", found, limit, |request| {
        cursor::at(request.created_at, request.id)
    }))
}

/// Answers with one.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = ids::parsed("request", &path)?;
    let found = api.database.read(move |db| requests::get(db, id)).await?;
    let found = found.ok_or_else(|| ids::missing("request"))?;
    Ok(respond::ok(json!({ "request": found })))
}

/// Puts one that has failed, or that waits for a person, back into the queue.
pub(super) async fn retry(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("request", &path)?;
    let retried = api
        .database
        .write(move |tx| -> Result<Request, ApiError> {
            let retried = queue::retry(tx, id)?;
            let request = requests::get(tx, id)?.ok_or_else(|| ids::missing("request"))?;
            if !retried {
                return Err(ApiError::conflict(format!(
                    "only a request that is FAILED, or QUEUED for a person, can be tried again: this one is {}",
                    request.status
                )));
            }
            note(tx, &staff, "request.retry", format_args!("request:{id}"), json!({}))?;
            Ok(request)
        })
        .await?;
    Ok(respond::ok(json!({ "request": retried })))
}
