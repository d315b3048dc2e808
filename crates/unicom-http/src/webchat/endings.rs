//! `webchat/chat/{chat_id}/end/` and `…/rating/`: a visitor ends a chat and rates it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use unicom_models::ChatId;
use unicom_webchat::{NewRating, end_chat, rate_chat};
use utoipa::ToSchema;

use crate::ids;
use crate::openapi::Kind::{AccountBlocked, ChatNotFound, Conflict, InvalidText};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::Success;
use crate::webchat::chats::One;
use crate::{Api, ApiError, read_json, respond};

/// A visitor's rating of a chat.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRating)]
struct RatingFields {
    /// From 1, the worst, to 5.
    #[schema(minimum = 1, maximum = 5)]
    score: i32,
    /// What the visitor writes about the conversation.
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// Ends a chat
///
/// Replies under way are stored nevertheless. The next message of the visitor reopens the chat.
#[utoipa::path(
    post, path = "/webchat/chat/{chat_id}/end", operation_id = "end_chat", tag = "webchat",
    params(("chat_id" = ChatId, Path, description = "The chat")),
    responses(
        (status = 200, description = "The chat as it is now", body = Success<One>),
        ErrorResponses<{ error_kinds(&[AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn end(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let chat_id = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    let ended = api
        .database
        .write(move |tx| end_chat(tx, &visitor, &chat_id));
    let chat = ended.await?.into();
    Ok(respond::ok(One { chat }))
}

/// Rates a chat
///
/// The last rating counts. A chat can be rated once a bot or a person has answered in it.
#[utoipa::path(
    post, path = "/webchat/chat/{chat_id}/rating", operation_id = "rate_chat", tag = "webchat",
    params(("chat_id" = ChatId, Path, description = "The chat")),
    request_body = RatingFields,
    responses(
        (status = 200, description = "The chat as it is now", body = Success<One>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, AccountBlocked, ChatNotFound, Conflict]) }>,
    ),
)]
pub(crate) async fn rate(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let RatingFields { score, comment } = read_json(&request, payload, api.limits.body).await?;
    let chat_id = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    let rating = NewRating { score, comment };
    let rated = api
        .database
        .write(move |tx| rate_chat(tx, &visitor, &chat_id, rating));
    let chat = rated.await?.into();
    Ok(respond::ok(One { chat }))
}
