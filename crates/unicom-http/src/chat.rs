//! `webchat/chat/{chat_id}/`: one chat as a whole: named, put away, deleted, marked as read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use unicom_core::CoreError;
use unicom_models::ChatId;
use unicom_webchat::{ChatChange, WebChatError, delete_chat, mark_read, update_chat};

use crate::chats::One;
use crate::ids;
use crate::parameters::Parameters;
use crate::upload::delete_files;
use crate::{Api, ApiError, read_json, respond};

/// Changes the chat's name, archived state or metadata.
pub(crate) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let mut fields = read_json(&request, payload, api.limits.body).await?;
    let (title, name) = (fields.text("title")?, fields.text("name")?);
    let name_field = if title.is_some() { "title" } else { "name" };
    let change = ChatChange {
        name: title.or(name),
        is_archived: fields.flag("is_archived")?,
        metadata: fields.object("metadata")?,
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

/// The same of a name that came in the field `given`.
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

/// Puts the chat away; with `hard_delete=true` deletes it with its messages and files for good.
pub(crate) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let for_good = Parameters::of(&request)?
        .flag("hard_delete")?
        .unwrap_or(false);
    let chat_id = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    let files = api
        .database
        .write(move |tx| {
            if for_good {
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
    Ok(respond::ok(json!({})))
}

/// Marks everything in the chat as read.
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
    Ok(respond::ok(json!({})))
}
