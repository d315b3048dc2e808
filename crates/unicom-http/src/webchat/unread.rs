//! `GET webchat/unread/`: how many messages a visitor has not read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::conditional::Precondition;
use crate::openapi::Kind::AccountBlocked;
use crate::openapi::{ErrorResponses, error_kinds};
use crate::respond::Success;
use crate::{Api, ApiError, respond};

#[derive(Serialize, ToSchema)]
#[schema(as = Unread)]
struct Unread {
    /// The number of unread messages in all chats of the visitor.
    unread_total: i64,
}

/// Counts the visitor's unread messages
///
/// In all chats, including archived ones.
#[utoipa::path(
    get, path = "/webchat/unread", operation_id = "count_unread", tag = "webchat",
    params(
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the number the client has"),
    ),
    responses(
        (status = 200, description = "The number", body = Success<Unread>, headers(("ETag" = String, description = "Of the number"))),
        (status = 304, description = "Nothing has changed"),
        ErrorResponses<{ error_kinds(&[AccountBlocked]) }>,
    ),
)]
pub(crate) async fn unread(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let visitor = api.reader(&request).await?;
    let unread_total = api
        .database
        .read_inline(move |db| unicom_webchat::unread_total(db, &visitor))
        .await?;
    respond::ok_unless_unmodified(&Precondition::of(&request), Unread { unread_total })
}
