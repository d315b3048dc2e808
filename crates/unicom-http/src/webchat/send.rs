//! `POST webchat/send/`: a visitor writes a message.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use unicom_core::CoreError;
use unicom_db::DbError;
use unicom_models::{ChatId, VisibleMessage};
use unicom_webchat::{
    MediaQuota, NewMessage, Saved, Statuses, Visitor, WebChatError, get_message, may_send_file,
    store_webchat_message,
};
use utoipa::ToSchema;

use crate::file_urls::FileUrls;
use crate::json::MessageJson;
use crate::openapi::Kind::{
    AccountBlocked, ChatNotFound, CsrfFailed, EmptyMessage, IdempotencyConflict, InvalidParameter,
    InvalidText, NoChannel, NotFound, QuotaExceeded, StorageFull,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::ChannelParameter;
use crate::respond::Success;
use crate::upload::{Upload, delete_files};
use crate::webchat::send_body::{SendBody, SendFields, SendFormFields, SendUpload};
use crate::{Api, ApiError, respond, storage::Refusal};

/// Says that the message was already stored under the same `client_message_id` and that nothing was
/// stored now.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

#[derive(Serialize, ToSchema)]
struct Sent<'a> {
    chat_id: &'a ChatId,
    message: MessageJson<'a>,
}

/// Sends a message
///
/// The message and its request are stored durably before the response is sent. A guest's first
/// message creates the session.
#[utoipa::path(
    post, path = "/webchat/send", operation_id = "send_message", tag = "webchat",
    params(
        ChannelParameter,
        ("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "Alias of `client_message_id`"),
    ),
    request_body(content(
        (SendFields = "application/json"),
        (SendFormFields = "application/x-www-form-urlencoded"),
        (SendUpload = "multipart/form-data"),
    )),
    responses(
        (
            status = 200, description = "The message, stored", body = Success<Sent>,
            headers(("Idempotent-Replayed" = String, description = "`true` if the message was already stored"))
        ),
        ErrorResponses<{ JSON_BODY | error_kinds(&[
            InvalidParameter, InvalidText, EmptyMessage, AccountBlocked, NotFound, ChatNotFound, NoChannel, IdempotencyConflict, QuotaExceeded, StorageFull, CsrfFailed,
        ]) }>,
    ),
)]
pub(crate) async fn send(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let mut body = SendBody::read(&request, payload, &api).await?;
    body.channel_id = api.channel(&request, body.channel_id)?;
    let writer = api.writer(&request).await?;
    let saved = save(&api, writer.visitor.clone(), body).await?;
    api.remember(&request, &writer)?;
    let is_replayed = !saved.is_new;
    let (chat_id, message, statuses) = shown(&api, &writer.visitor, saved).await?;
    let urls = FileUrls::of_visitor(&api, &writer.visitor);
    let mut response = respond::ok(Sent {
        chat_id: &chat_id,
        message: MessageJson::new(&urls, &chat_id, &message, &[], &statuses),
    });
    if is_replayed {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Returns the message as the visitor sees it, with its chat. A new text is not read again: nothing
/// has become of it yet.
async fn shown(
    api: &Api,
    visitor: &Visitor,
    saved: Saved,
) -> Result<(ChatId, VisibleMessage, Statuses), ApiError> {
    let Saved {
        message, is_new, ..
    } = saved;
    if !is_new || message.media_key.is_some() {
        let (visitor, chat_id, id) = (visitor.clone(), message.chat_id.clone(), message.id);
        let read = api
            .database
            .read_inline(move |db| get_message(db, &visitor, &chat_id, id));
        match read.await {
            Ok(shown) => return Ok((shown.chat_id, shown.message, shown.statuses)),
            // The guest has logged in meanwhile.
            Err(WebChatError::ChatNotFound | WebChatError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let statuses = Statuses::of_new(message.sender_id.clone());
    Ok((message.chat_id.clone(), message.into(), statuses))
}

/// Puts the file into the media store and then writes everything else to the database in one
/// transaction.
async fn save(api: &Api, visitor: Visitor, body: SendBody) -> Result<Saved, ApiError> {
    let media = body.upload.as_ref().map(Upload::stored);
    let key = media.as_ref().map(|(_, media)| media.key.clone());
    let media_quota = api.limits.quota(&visitor);
    if let Some((_, file)) = &media
        && media_quota != MediaQuota::default()
    {
        let (visitor, id, size) = (
            visitor.clone(),
            body.message.client_message_id.clone(),
            file.size,
        );
        api.database
            .read(move |db| may_send_file(db, &visitor, id.as_deref(), size, media_quota))
            .await
            .map_err(|error| refused(api, error))?;
    }
    if let (Some(upload), Some(key)) = (&body.upload, &key) {
        api.media.put(key.clone(), upload.source()).await?;
    }
    let (channel_id, message) = (
        body.channel_id,
        NewMessage {
            media,
            media_quota,
            ..body.message
        },
    );
    let saved = store_webchat_message(&api.database, channel_id, visitor, message).await;
    // A file without a message is deleted. After a database error, the message may have been stored
    // nevertheless, unless the database was not writable: one file too many is better than one too
    // few.
    let is_unreferenced = match &saved {
        Ok(saved) => !saved.is_new,
        Err(WebChatError::Core(CoreError::Db(error))) => {
            matches!(error, DbError::NotWritable { .. })
        }
        Err(_) => true,
    };
    delete_files(api, key.filter(|_| is_unreferenced)).await;
    saved.map_err(|error| refused(api, error))
}

/// Returns the error for the visitor, and counts a file that was refused for lack of room.
fn refused(api: &Api, error: WebChatError) -> ApiError {
    match error {
        WebChatError::GuestsQuotaExceeded => api.storage.refuse(Refusal::GuestsQuota),
        error => error.into(),
    }
}
