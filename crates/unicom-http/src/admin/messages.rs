//! `admin/chats/{id}/messages/` and `admin/media/`: admins read a chat and write to it.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use unicom_core::admin::{Actor, Extensions, list_chat_messages, send_to_chat};
use unicom_core::{CoreError, OutgoingMessage};
use unicom_db::queries::changes::Cursor;
use unicom_db::queries::message_edits::{self, EarlierText};
use unicom_db::queries::{chat_access, files, messages};
use unicom_db::{Db, DbError, Tx};
use unicom_models::{ChatId, Message, MessageId};
use unicom_webchat::WebChatError;
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::message_body::{AdminFields, AdminUpload, MessageBody};
use super::message_json::AdminMessageJson;
use crate::openapi::Kind::{
    ChatNotFound, Conflict, EmptyMessage, InvalidCursor, InvalidParameter, InvalidText, NotFound,
    RangeNotSatisfiable, StorageFull, UnknownFilter,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{MessageParameters, Parameters, read_only};
use crate::respond::Success;
use crate::upload::delete_files;
use crate::webchat::media::{Binary, FileParameter, serve};
use crate::{ApiError, ids, respond};

/// A page of a chat's messages as admins see them.
#[derive(Serialize, ToSchema)]
pub(super) struct AdminMessagePage {
    chat_id: ChatId,
    messages: Vec<AdminMessageJson>,
    has_more: bool,
    /// The cursor of the next page, as `before` (with `after` or `order=asc`, as `after`). With
    /// `around`, that of the older messages, as `before`.
    next_cursor: Option<MessageId>,
    /// Whether there are newer messages: `after` with the id of the newest one of the page returns
    /// them. Only with `around`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    has_newer: Option<bool>,
    /// What was read of the chat: `admin/ws/` and `admin/events/` tell what has changed since.
    cursor: String,
}

/// A message as admins see it.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageResponse {
    message: AdminMessageJson,
}

/// Lists messages of a chat, including internal ones.
#[utoipa::path(
    get, path = "/chats/{id}/messages", operation_id = "list_chat_messages", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat"), MessageParameters),
    responses(
        (status = 200, description = "The page", body = Success<AdminMessagePage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor, ChatNotFound]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    page(request, |_, _| Ok(())).await
}

/// Lists messages of a chat that passes `check`.
pub(super) async fn page(
    request: AdminRequest,
    check: impl FnOnce(&mut Db, &ChatId) -> Result<(), CoreError> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let AdminRequest { api, http, .. } = &request;
    let chat_id = request.chat_id()?;
    let paging = read_only::<MessageParameters>(http)?.paging()?;
    let id = chat_id.clone();
    let read = request.read(move |db| {
        check(db, &id)?;
        let missing = || CoreError::ChatNotFound(id.clone());
        let access = chat_access::for_admin(db, &id)?.ok_or_else(missing)?;
        let cursor = Cursor::of(access.chat()).to_string();
        let page = list_chat_messages(db, &id, &paging)?;
        let ids: Vec<MessageId> = page.messages.iter().map(|message| message.id).collect();
        let is_from_provider = |message: &&Message| message.provider_message_id.is_some();
        let messages = page.messages.iter().filter(is_from_provider);
        let files = files::ready(db, messages.map(|message| message.id))?;
        Ok::<_, CoreError>((page, files, message_edits::list(db, &ids)?, cursor))
    });
    let (page, mut files, edits, cursor) = read.await?;
    let mut edits_of: HashMap<MessageId, Vec<EarlierText>> = HashMap::new();
    for edit in edits {
        edits_of.entry(edit.message_id).or_default().push(edit);
    }
    let messages = page.messages.into_iter().map(|message| {
        let files = files.remove(&message.id).unwrap_or_default();
        let edits = edits_of.remove(&message.id).unwrap_or_default();
        AdminMessageJson::new(api, message, &files, edits)
    });
    Ok(respond::ok(AdminMessagePage {
        chat_id,
        messages: messages.collect(),
        has_more: page.has_more,
        next_cursor: page.next,
        has_newer: page.has_newer,
        cursor,
    }))
}

/// Sends a message to the chat, on any platform.
#[utoipa::path(
    post, path = "/chats/{id}/messages", operation_id = "send_chat_message", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat")),
    request_body(content((AdminFields = "application/json"), (AdminUpload = "multipart/form-data"))),
    responses(
        (status = 201, description = "The stored message, queued for delivery", body = Success<MessageResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[EmptyMessage, InvalidText, NotFound, ChatNotFound, Conflict, StorageFull]) }>,
    ),
)]
pub(super) async fn send(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let AdminRequest {
        admin, api, http, ..
    } = &request;
    let chat_id = request.chat_id()?;
    let mut body = MessageBody::read(http, payload, api).await?;
    body.message.sender_name = Some(admin.name.clone());
    body.message.user_id.clone_from(&admin.user_id);
    store(&request, body, move |tx, actor, extensions, message| {
        send_to_chat(tx, actor, extensions, None, &chat_id, message)
    })
    .await
}

/// Stores the file of a message, and the message with `send`.
pub(super) async fn store(
    request: &AdminRequest,
    body: MessageBody,
    send: impl FnOnce(&mut Tx<'_>, &Actor, &Extensions, OutgoingMessage) -> Result<Message, CoreError>
    + Send
    + 'static,
) -> Result<HttpResponse, ApiError> {
    let api = &request.api;
    let MessageBody {
        mut message,
        upload,
    } = body;
    message.media = upload.as_ref().map(|upload| upload.stored());
    let key = message.media.as_ref().map(|(_, media)| media.key.clone());
    if let (Some(upload), Some(key)) = (&upload, &key) {
        api.media.put(key.clone(), upload.source()).await?;
    }
    let sent = request.write(move |tx, actor, extensions| send(tx, actor, extensions, message));
    let sent = sent.await;
    // After a database error the message may have been stored nevertheless, so its file stays.
    if matches!(&sent, Err(error) if !matches!(error, CoreError::Db(_))) {
        delete_files(api, key).await;
    }
    let message = sent.map_err(ApiError::not_sent)?;
    Ok(respond::created(MessageResponse {
        message: AdminMessageJson::new(api, message, &[], Vec::new()),
    }))
}

/// Returns the file of any message, or a range of it.
#[utoipa::path(
    get, path = "/media/{message_id}/{filename}", operation_id = "get_any_media", tag = "chats",
    params(
        ("message_id" = MessageId, Path, description = "The message with the file"),
        ("filename" = String, Path, description = "The file's name, as in `media_url`"),
        FileParameter,
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-Range" = Option<String>, Header, description = "The `ETag` of the file that the range is of"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file the client has"),
    ),
    responses(
        (
            status = 200, description = "The file", body = inline(Binary), content_type = "*/*",
            headers(("ETag" = String), ("Accept-Ranges" = String), ("Content-Disposition" = String))
        ),
        (
            status = 206, description = "The range", body = inline(Binary), content_type = "*/*",
            headers(("ETag" = String), ("Content-Range" = String), ("Content-Disposition" = String))
        ),
        (status = 304, description = "Not modified: the client has the current version"),
        ErrorResponses<{ error_kinds(&[InvalidParameter, NotFound, RangeNotSatisfiable]) }>,
    ),
)]
pub(super) async fn media(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (id, name): (String, String) = request.in_path("message or file")?;
    let id = ids::message_id(&id)?;
    let FileParameter { file } = Parameters::of(&request.http)?.read()?;
    let media = request.read(move |db| -> Result<_, DbError> {
        let Some(access) = chat_access::for_admin_by_message(db, id)? else {
            return Ok(None);
        };
        match messages::one_for_admin(db, &access, id)? {
            Some(message) => files::media_of(db, &message, file),
            None => Ok(None),
        }
    });
    let media = media.await?.ok_or(WebChatError::NotFound)?;
    serve(&request.http, &request.api, media, &name).await
}
