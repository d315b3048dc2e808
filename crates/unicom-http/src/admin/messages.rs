//! `admin/chats/{id}/messages/` and `admin/media/`: admins read a chat and write to it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use unicom_core::{CoreError, outbound::send_message};
use unicom_db::Db;
use unicom_db::queries::messages::{self, Position, Walk};
use unicom_db::queries::{channels, chat_access, chats};
use unicom_models::{ChatId, Message, MessageId};
use unicom_webchat::{Anchor, Order, Page, WebChatError};
use utoipa::ToSchema;

use super::AdminConfig;
use super::audit::note;
use super::message_body::{AdminFields, AdminUpload, MessageBody};
use super::message_json::AdminMessageJson;
use crate::openapi::Kind::{
    ChatNotFound, Conflict, EmptyMessage, InvalidCursor, InvalidParameter, InvalidText, NotFound,
    RangeNotSatisfiable, StorageFull, UnknownFilter,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{MessageParameters, read_only};
use crate::respond::Success;
use crate::upload::delete_files;
use crate::webchat::media::{Binary, serve};
use crate::webchat::messages::{ChatParameters, page};
use crate::{Api, ApiError, ids, respond};

/// A page of a chat's messages as admins see them.
#[derive(Serialize, ToSchema)]
struct AdminMessagePage {
    chat_id: ChatId,
    messages: Vec<AdminMessageJson>,
    has_more: bool,
    /// The cursor of the next page, as `before` (with `after` or `order=asc`, as `after`).
    next_cursor: Option<MessageId>,
}

/// A message as admins see it.
#[derive(Serialize, ToSchema)]
struct MessageResponse {
    message: AdminMessageJson,
}

/// Lists messages of a chat, including internal ones.
#[utoipa::path(
    get,
    path = "/chats/{id}/messages",
    operation_id = "list_chat_messages",
    tag = "chats",
    params(("id" = ChatId, Path, description = "The chat"), MessageParameters),
    responses(
        (status = 200, description = "The page", body = Success<AdminMessagePage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor, ChatNotFound]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let chat_id = ids::chat_id(path.into_inner())?;
    let page = page(ChatParameters::default(), read_only(&request)?)?;
    let page = api
        .database
        .read({
            let chat_id = chat_id.clone();
            move |db| page_for_admin(db, &chat_id, &page)
        })
        .await?;
    let messages = page.messages.into_iter();
    Ok(respond::ok(AdminMessagePage {
        chat_id,
        messages: messages
            .map(|message| AdminMessageJson::new(&api, message))
            .collect(),
        has_more: page.has_more,
        next_cursor: page.next_cursor,
    }))
}

/// Sends a message to the chat, on any platform.
#[utoipa::path(
    post,
    path = "/chats/{id}/messages",
    operation_id = "send_chat_message",
    tag = "chats",
    params(("id" = ChatId, Path, description = "The chat")),
    request_body(content((AdminFields = "application/json"), (AdminUpload = "multipart/form-data"))),
    responses(
        (status = 201, description = "The stored message, queued for delivery", body = Success<MessageResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[EmptyMessage, InvalidText, NotFound, ChatNotFound, Conflict, StorageFull]) }>,
    ),
)]
pub(super) async fn send(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let chat_id = ids::chat_id(path.into_inner())?;
    let MessageBody {
        mut message,
        upload,
    } = MessageBody::read(&request, payload, &api).await?;
    message.sender_name = Some(admin.name.clone());
    message.user_id.clone_from(&admin.user_id);
    message.media = upload.as_ref().map(|upload| upload.stored());
    let key = message.media.as_ref().map(|(_, media)| media.key.clone());
    if let (Some(upload), Some(key)) = (&upload, &key) {
        api.media.put(key.clone(), upload.source()).await?;
    }
    let sent = api
        .database
        .write(move |tx| -> Result<Message, CoreError> {
            let missing = || CoreError::ChatNotFound(chat_id.clone());
            let chat = chats::get(tx, &chat_id)?.ok_or_else(missing)?;
            let channel = channels::get(tx, chat.channel_id)?.ok_or_else(missing)?;
            let message = send_message(tx, &admin_config.platforms, &channel, &chat_id, message)?;
            let details = json!({ "message_id": message.id });
            note(
                tx,
                &admin,
                "message.send",
                format_args!("chat:{chat_id}"),
                details,
            )?;
            Ok(message)
        })
        .await;
    // After a database error the message may have been stored nevertheless, so its file stays.
    if matches!(&sent, Err(error) if !matches!(error, CoreError::Db(_))) {
        delete_files(&api, key).await;
    }
    let message = sent.map_err(ApiError::not_sent)?;
    Ok(respond::created(MessageResponse {
        message: AdminMessageJson::new(&api, message),
    }))
}

/// Returns the file of any message, or a range of it.
#[utoipa::path(
    get,
    path = "/media/{message_id}/{filename}",
    operation_id = "get_any_media",
    tag = "chats",
    params(
        ("message_id" = MessageId, Path, description = "The message with the file"),
        ("filename" = String, Path, description = "The file's name, as in `media_url`"),
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
        ErrorResponses<{ error_kinds(&[NotFound, RangeNotSatisfiable]) }>,
    ),
)]
pub(super) async fn media(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let (id, name) = path.into_inner();
    let id = ids::message_id(&id)?;
    let message = api
        .database
        .read(move |db| match chat_access::for_admin_by_message(db, id)? {
            Some(access) => messages::one_for_admin(db, &access, id),
            None => Ok(None),
        });
    let media = message.await?.and_then(|message| message.media());
    serve(&request, &api, media.ok_or(WebChatError::NotFound)?, &name).await
}

/// A page of a chat's messages as admins see them.
struct AdminPage {
    messages: Vec<Message>,
    has_more: bool,
    next_cursor: Option<MessageId>,
}

/// Reads a page of a chat, with the same paging as for visitors.
fn page_for_admin(db: &mut Db, chat_id: &ChatId, page: &Page) -> Result<AdminPage, WebChatError> {
    let access = chat_access::for_admin(db, chat_id)?.ok_or(WebChatError::ChatNotFound)?;
    let mut position = |id| -> Result<Position, WebChatError> {
        let message =
            messages::one_for_admin(db, &access, id)?.ok_or(WebChatError::InvalidCursor)?;
        let timestamp = message.timestamp;
        Ok(Position { timestamp, id })
    };
    let (walk, walked) = match (page.anchor, page.order) {
        (Some(Anchor::Before(id)), _) => (Walk::Before(position(id)?), Order::NewestFirst),
        (Some(Anchor::After(id)), _) => (Walk::After(position(id)?), Order::OldestFirst),
        (None, Order::NewestFirst) => (Walk::FromNewest, Order::NewestFirst),
        (None, Order::OldestFirst) => (Walk::FromOldest, Order::OldestFirst),
    };
    let limit = page.limit as usize;
    // One more than requested, to find out whether there are more.
    let mut found = messages::page_for_admin(db, &access, walk, limit as i64 + 1)?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(|message| message.id);
    if walked != page.order {
        found.reverse();
    }
    Ok(AdminPage {
        messages: found,
        has_more,
        next_cursor,
    })
}
