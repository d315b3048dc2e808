//! `POST webchat/send/`: a visitor writes.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value};
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{
    NewMessage, Saved, WebChatError, save_webchat_message, webchat_channel,
    webchat_channel_or_first,
};

use crate::body::{Fields, content_type, read};
use crate::json::MessageJson;
use crate::upload::{SendForm, Upload};
use crate::{Api, ApiError, respond};

/// Characters of a client's name for a message at the most.
const CLIENT_ID_CHARACTERS: usize = 128;

#[derive(Serialize)]
struct Sent {
    chat_id: ChatId,
    message: MessageJson,
}

/// Stores the message and its request, durably, before it answers.
pub(crate) async fn send(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let mut body = SendBody::read(&request, payload, &api).await?;
    let asking = api.asking(&request).await?;
    let upload = body.upload.take();
    let media = upload.as_ref().map(Upload::stored);
    let key = media.as_ref().map(|(_, media)| media.key.clone());
    if let (Some(upload), Some(key)) = (&upload, &key) {
        api.media.put(key.clone(), upload.source()).await?;
    }
    let visitor = asking.visitor.clone();
    let saved: Result<Saved, WebChatError> = api
        .database
        .write(move |tx| {
            let channel = match (&body.chat_id, body.channel_id) {
                (_, Some(id)) => webchat_channel(tx, id)?,
                (_, None) => webchat_channel_or_first(tx, None)?,
            };
            save_webchat_message(
                tx,
                &channel,
                &visitor,
                NewMessage {
                    media,
                    ..body.into()
                },
            )
        })
        .await;
    // A file without a message is nobody's.
    if let (Some(key), Err(_) | Ok(Saved::Replayed(_))) = (key, &saved)
        && let Err(error) = api.media.delete(key).await
    {
        log::warn!("a file of a refused message is left: {error}");
    }
    let saved = saved?;
    api.remember(&request, &asking)?;
    let message = saved.message().clone();
    let mut response = respond::ok(Sent {
        chat_id: message.chat_id.clone(),
        message: MessageJson::new(&api, message),
    });
    if matches!(saved, Saved::Replayed(_)) {
        let replayed = actix_web::http::header::HeaderValue::from_static("true");
        response.headers_mut().insert(
            actix_web::http::header::HeaderName::from_static("idempotent-replayed"),
            replayed,
        );
    }
    Ok(response)
}

/// What a client sends, in whichever of the three forms.
struct SendBody {
    text: String,
    chat_id: Option<ChatId>,
    channel_id: Option<ChannelId>,
    client_message_id: Option<String>,
    reply_to_message_id: Option<MessageId>,
    metadata: Option<Map<String, Value>>,
    upload: Option<Upload>,
}

impl From<SendBody> for NewMessage {
    fn from(body: SendBody) -> Self {
        Self {
            text: body.text,
            chat_id: body.chat_id,
            media: None,
            reply_to_message_id: body.reply_to_message_id,
            client_message_id: body.client_message_id,
            metadata: body.metadata,
        }
    }
}

impl SendBody {
    async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        api: &Api,
    ) -> Result<Self, ApiError> {
        let (mut fields, file) = match content_type(request).as_str() {
            "application/json" => (
                Fields::from_json(&read(request, payload, api.limits.body).await?)?,
                None,
            ),
            "application/x-www-form-urlencoded" => {
                let bytes = read(request, payload, api.limits.body).await?;
                let pairs: Vec<(String, String)> =
                    serde_urlencoded::from_bytes(&bytes).map_err(|_| {
                        ApiError::invalid_body("the body must be a URL-encoded form in UTF-8")
                    })?;
                (Fields::from_form(pairs)?, None)
            }
            "multipart/form-data" => {
                let mut form = SendForm::read(request, payload, api).await?;
                (Fields::from_form(form.texts())?, form.media)
            }
            _ => {
                return Err(ApiError::unsupported_media_type(
                    "the body must be `application/json`, `application/x-www-form-urlencoded` or `multipart/form-data`",
                ));
            }
        };
        let text = fields.text("text")?.unwrap_or_default();
        if text.trim().len() > api.limits.text {
            return Err(ApiError::too_large(format!(
                "`text` must be at most {} bytes long",
                api.limits.text
            )));
        }
        let metadata = fields.object("metadata")?;
        check_text(&text, metadata.as_ref())?;
        if text.trim().is_empty() && file.is_none() {
            return Err(ApiError::empty_message(
                "a message needs a `text` or `media`",
            ));
        }
        Ok(Self {
            text,
            chat_id: fields.text("chat_id")?.map(known_form).transpose()?,
            channel_id: fields.channel_id()?,
            client_message_id: client_message_id(request, fields.text("client_message_id")?)?,
            reply_to_message_id: fields
                .text("reply_to_message_id")?
                .map(|id| message_id(&id))
                .transpose()?,
            metadata,
            upload: match file {
                Some(file) => Some(Upload::inspect(file).await?),
                None => None,
            },
        })
    }
}

fn check_text(text: &str, metadata: Option<&Map<String, Value>>) -> Result<(), ApiError> {
    if text.contains('\0') {
        return Err(ApiError::invalid_text("`text` has a NUL character"));
    }
    let has_nul =
        |(key, value): (&String, &Value)| key.contains('\0') || unicom_models::contains_nul(value);
    if metadata.is_some_and(|metadata| metadata.iter().any(has_nul)) {
        return Err(ApiError::invalid_text("`metadata` has a NUL character"));
    }
    Ok(())
}

/// The client's name for the message: the field, or the header of the same meaning.
fn client_message_id(
    request: &HttpRequest,
    field: Option<String>,
) -> Result<Option<String>, ApiError> {
    let wrong = || {
        ApiError::invalid_body(format!(
            "`client_message_id` (or the header `Idempotency-Key`) must have 1 to {CLIENT_ID_CHARACTERS} characters"
        ))
    };
    let header = match request.headers().get("idempotency-key") {
        Some(value) => Some(value.to_str().map_err(|_| wrong())?.to_owned()),
        None => None,
    };
    if let (Some(field), Some(header)) = (&field, &header)
        && field != header
    {
        return Err(ApiError::invalid_body(
            "`client_message_id` and the header `Idempotency-Key` must be the same",
        ));
    }
    match field.or(header) {
        Some(id) if id.contains('\0') => Err(ApiError::invalid_text(
            "`client_message_id` has a NUL character",
        )),
        Some(id) if id.is_empty() || id.chars().count() > CLIENT_ID_CHARACTERS => Err(wrong()),
        id => Ok(id),
    }
}

/// A chat's id in a form that can be one; any other names no chat.
pub(crate) fn known_form(id: String) -> Result<ChatId, ApiError> {
    if id.len() > 512 || id.contains('\0') {
        Err(WebChatError::ChatNotFound.into())
    } else {
        Ok(id.into())
    }
}

/// A message's id in a form that can be one; any other names no message.
pub(crate) fn message_id(id: &str) -> Result<MessageId, ApiError> {
    id.parse().map_err(|_| WebChatError::NotFound.into())
}
