//! `webchat/message/{id}/`: a visitor edits or deletes a message.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_models::MessageId;
use unicom_webchat::{ShownMessage, WebChatError, delete_message, edit_message};
use utoipa::ToSchema;

use crate::file_urls::FileUrls;
use crate::json::MessageJson;
use crate::openapi::Kind::{
    AccountBlocked, EmptyMessage, InvalidText, NoChannel, NotFound, TooLate,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::upload::delete_files;
use crate::webchat::send_body::check_text;
use crate::{Api, ApiError, ids, read_json, respond};

/// An edit of a message.
#[derive(Deserialize, ToSchema)]
#[schema(as = EditMessage)]
struct EditFields {
    /// The new text: trimmed, then at most 16 KiB unless configured otherwise. Only a message with
    /// a file may have an empty one.
    text: String,
}

#[derive(Serialize, ToSchema)]
struct EditedMessage<'a> {
    message: MessageJson<'a>,
}

/// Edits a message
///
/// Replaces the text of a message that the visitor wrote, within the time that the channel allows
/// (`edit_minutes`). A bot that has not been given the message yet gets the new text.
#[utoipa::path(
    patch, path = "/webchat/message/{id}", operation_id = "edit_message", tag = "webchat",
    params(("id" = MessageId, Path, description = "The message")),
    request_body = EditFields,
    responses(
        (status = 200, description = "The message as it is now", body = Success<EditedMessage>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, EmptyMessage, AccountBlocked, NotFound, NoChannel, TooLate]) }>,
    ),
)]
pub(crate) async fn edit(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let EditFields { text } = read_json(&request, payload, api.limits.body).await?;
    check_text(&text, &api)?;
    let id = ids::message_id(&path)?;
    let visitor = api.reader(&request).await?;
    let edited = api
        .database
        .write({
            let visitor = visitor.clone();
            move |tx| edit_message(tx, &visitor, id, &text)
        })
        .await
        .map_err(|error: WebChatError| ApiError::from(error))?;
    let ShownMessage {
        chat_id,
        message,
        statuses,
        ..
    } = &edited;
    let urls = FileUrls::of_visitor(&api, &visitor);
    Ok(respond::ok(EditedMessage {
        // Only messages of providers have further files.
        message: MessageJson::new(&urls, chat_id, message, &[], statuses),
    }))
}

/// Deletes a message
///
/// Deletes a message that the visitor wrote, with its file, within the time that the channel allows
/// (`edit_minutes`). A request that no bot has answered yet ends.
#[utoipa::path(
    delete, path = "/webchat/message/{id}", operation_id = "delete_message", tag = "webchat",
    params(("id" = MessageId, Path, description = "The message")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[AccountBlocked, NotFound, NoChannel, TooLate]) }>,
    ),
)]
pub(crate) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let id = ids::message_id(&path)?;
    let visitor = api.reader(&request).await?;
    let files = api
        .database
        .write(move |tx| delete_message(tx, &visitor, id))
        .await
        .map_err(|error: WebChatError| ApiError::from(error))?;
    delete_files(&api, files).await;
    Ok(respond::ok(Empty {}))
}
