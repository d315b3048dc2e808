//! `webchat/chat/{chat_id}/`: renames, archives, deletes a chat or marks it as read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value};
use unicom_core::CoreError;
use unicom_models::ChatId;
use unicom_webchat::{ChatChange, WebChatError, delete_chat, mark_read, update_chat};
use utoipa::ToSchema;

use crate::ids;
use crate::openapi::Kind::{AccountBlocked, ChatNotFound, InvalidParameter, InvalidText};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{Parameters, flag};
use crate::respond::{Empty, Success};
use crate::upload::delete_files;
use crate::webchat::chats::One;
use crate::{Api, ApiError, read_json, respond};

/// The changes to a chat.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChatChange)]
struct UpdateFields {
    /// The new name.
    #[schema(min_length = 1, max_length = 100)]
    title: Option<String>,
    /// Alias of `title`, used if `title` is missing.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether the chat is archived.
    is_archived: Option<bool>,
    /// Replaces the metadata; at most 16,384 bytes as JSON without spaces.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
}

/// How a chat is deleted.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct DeleteParameters {
    /// With `true` the chat, its messages and its files are deleted permanently.
    #[serde(default, deserialize_with = "flag")]
    hard_delete: Option<bool>,
}

/// Changes a chat
///
/// Sets the given fields and leaves the others unchanged.
#[utoipa::path(
    method(patch, put), path = "/webchat/chat/{chat_id}", operation_id = "update_chat",
    tag = "webchat", params(("chat_id" = ChatId, Path, description = "The chat")),
    request_body = UpdateFields,
    responses(
        (status = 200, description = "The chat as it is now", body = Success<One>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let fields: UpdateFields = read_json(&request, payload, api.limits.body).await?;
    let name_field = if fields.title.is_some() {
        "title"
    } else {
        "name"
    };
    let change = ChatChange {
        name: fields.title.or(fields.name),
        is_archived: fields.is_archived,
        metadata: fields.metadata,
    };
    let chat_id = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    let chat = api
        .database
        .write(move |tx| update_chat(tx, &visitor, &chat_id, change))
        .await
        .map_err(|error| as_field(error, name_field))?;
    Ok(respond::ok(One { chat: chat.into() }))
}

/// Replaces the field name in errors about the chat's name with `given`, the field that the client
/// sent.
fn as_field(error: WebChatError, given: &'static str) -> WebChatError {
    match error {
        WebChatError::InvalidField {
            field: "name",
            problem,
        } => WebChatError::InvalidField {
            field: given,
            problem,
        },
        WebChatError::Core(CoreError::Nul { field: "name" }) => {
            CoreError::Nul { field: given }.into()
        }
        error => error,
    }
}

/// Archives or deletes a chat
#[utoipa::path(
    delete, path = "/webchat/chat/{chat_id}", operation_id = "delete_chat", tag = "webchat",
    params(("chat_id" = ChatId, Path, description = "The chat"), DeleteParameters),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[InvalidParameter, AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let DeleteParameters { hard_delete } = Parameters::of(&request)?.read()?;
    let chat_id = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    let files = api
        .database
        .write(move |tx| {
            if hard_delete == Some(true) {
                return delete_chat(tx, &visitor, &chat_id);
            }
            let archive = ChatChange {
                is_archived: Some(true),
                ..ChatChange::default()
            };
            update_chat(tx, &visitor, &chat_id, archive).map(|_| Vec::new())
        })
        .await
        .map_err(|error: WebChatError| ApiError::from(error))?;
    delete_files(&api, files).await;
    Ok(respond::ok(Empty {}))
}

/// Archives or deletes a chat
///
/// An alternative path for clients that cannot send DELETE.
#[utoipa::path(
    method(post, delete), path = "/webchat/chat/{chat_id}/delete", operation_id = "delete_chat_at",
    tag = "webchat", params(("chat_id" = ChatId, Path, description = "The chat"), DeleteParameters),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[InvalidParameter, AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn delete_at(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    delete(request, path, api).await
}

/// Marks all messages of a chat as read
#[utoipa::path(
    post, path = "/webchat/chat/{chat_id}/read", operation_id = "mark_chat_read", tag = "webchat",
    params(("chat_id" = ChatId, Path, description = "The chat")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn read(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let chat_id: ChatId = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    api.database
        .write(move |tx| mark_read(tx, &visitor, &chat_id))
        .await?;
    Ok(respond::ok(Empty {}))
}
