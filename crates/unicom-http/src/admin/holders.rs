//! `admin/chats/{id}/take/` and `…/release/`: a person takes a chat from its bot and gives it back.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use unicom_core::admin::{ChatTaker, release_chat, take_chat};
use unicom_models::ChatId;
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::chat_json::AdminChatJson;
use crate::openapi::Kind::{ChatNotFound, ChatTaken, Conflict, InvalidParameter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{Parameters, flag};
use crate::respond::Success;
use crate::{Admin, ApiError, respond};

/// How a chat is taken or given back.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct HoldParameters {
    /// `true` does it even if another person holds the chat.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = Option<bool>)]
    force: Option<bool>,
}

/// A chat.
#[derive(Serialize, ToSchema)]
pub(super) struct AdminChatResponse {
    pub chat: AdminChatJson,
}

/// Takes a chat from its bot.
///
/// No bot answers in the chat until it is given back, and a reply that is being made is refused.
#[utoipa::path(
    post, path = "/chats/{id}/take", operation_id = "take_chat", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat"), HoldParameters),
    responses(
        (status = 200, description = "The chat", body = Success<AdminChatResponse>),
        ErrorResponses<{ error_kinds(&[InvalidParameter, ChatNotFound, ChatTaken, Conflict]) }>,
    ),
)]
pub(super) async fn take(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.chat_id()?;
    let HoldParameters { force } = Parameters::of(&request.http)?.read()?;
    let user = ChatTaker {
        user_id: user_id(&request.admin)?,
        name: request.admin.name.clone(),
    };
    let taken = request
        .write(move |tx, actor, _| take_chat(tx, actor, &id, user, force.unwrap_or_default()))
        .await?;
    Ok(respond::ok(AdminChatResponse { chat: taken.into() }))
}

/// Gives a chat back to its bot.
///
/// The bot answers what is written from then on, and what was written meanwhile if no person has
/// written in the chat since.
#[utoipa::path(
    post, path = "/chats/{id}/release", operation_id = "release_chat", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat"), HoldParameters),
    responses(
        (status = 200, description = "The chat", body = Success<AdminChatResponse>),
        ErrorResponses<{ error_kinds(&[InvalidParameter, ChatNotFound, ChatTaken, Conflict]) }>,
    ),
)]
pub(super) async fn release(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.chat_id()?;
    let HoldParameters { force } = Parameters::of(&request.http)?.read()?;
    let user_id = user_id(&request.admin)?;
    let released = request
        .write(move |tx, actor, _| {
            release_chat(tx, actor, &id, &user_id, force.unwrap_or_default())
        })
        .await?;
    Ok(respond::ok(AdminChatResponse {
        chat: released.into(),
    }))
}

/// Returns the host's id of the user who calls, in person or through a program.
fn user_id(admin: &Admin) -> Result<String, ApiError> {
    let id = admin.user_id.clone();
    id.ok_or_else(|| ApiError::conflict("only users take chats and give them back"))
}
