//! `admin/chats/{id}/end/` and `…/reopen/`: an admin ends a chat and reopens it.

use actix_web::HttpResponse;
use unicom_core::admin::{end_chat, reopen_chat};
use unicom_models::ChatId;

use super::admin_request::AdminRequest;
use super::holders::AdminChatResponse;
use crate::openapi::Kind::ChatNotFound;
use crate::openapi::{ErrorResponses, error_kinds};
use crate::respond::Success;
use crate::{ApiError, respond};

/// Ends a chat.
///
/// Replies under way are stored nevertheless. The next message of a visitor reopens the chat.
#[utoipa::path(
    post, path = "/chats/{id}/end", operation_id = "end_any_chat", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat")),
    responses(
        (status = 200, description = "The chat", body = Success<AdminChatResponse>),
        ErrorResponses<{ error_kinds(&[ChatNotFound]) }>,
    ),
)]
pub(super) async fn end(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.chat_id()?;
    let ended = request.write(move |tx, actor, _| end_chat(tx, actor, &id));
    let chat = ended.await?.into();
    Ok(respond::ok(AdminChatResponse { chat }))
}

/// Reopens a chat that was ended.
#[utoipa::path(
    post, path = "/chats/{id}/reopen", operation_id = "reopen_chat", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat")),
    responses(
        (status = 200, description = "The chat", body = Success<AdminChatResponse>),
        ErrorResponses<{ error_kinds(&[ChatNotFound]) }>,
    ),
)]
pub(super) async fn reopen(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.chat_id()?;
    let reopened = request.write(move |tx, actor, _| reopen_chat(tx, actor, &id));
    let chat = reopened.await?.into();
    Ok(respond::ok(AdminChatResponse { chat }))
}
