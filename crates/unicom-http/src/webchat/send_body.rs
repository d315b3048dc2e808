//! `SendBody`: a message sent by a client as JSON, as a form, or as a form with a file.

use std::sync::Arc;

use actix_multipart::form::tempfile::TempFile;
use actix_web::{HttpRequest, web};
use percent_encoding::percent_decode;
use serde_json::{Map, Value};
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{MediaQuota, NewMessage, check_metadata};
use utoipa::ToSchema;

use crate::body::{content_type, read};
use crate::ids::{chat_id, message_id};
use crate::multipart::Received;
use crate::storage::Held;
use crate::upload::{SendForm, Upload};
use crate::{Api, ApiError, Fields};

/// The fields of a form without a file.
const NAMES: [&str; 6] = [
    "text",
    "chat_id",
    "channel_id",
    "client_message_id",
    "reply_to_message_id",
    "metadata",
];

/// Maximum length of a `client_message_id` in characters.
const CLIENT_ID_CHARACTERS: usize = 128;

/// A message as JSON: a `text` and optional fields.
#[derive(ToSchema)]
#[schema(as = SendMessage)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct SendFields {
    /// Trimmed, then at most 16 KiB unless configured otherwise.
    #[schema(pattern = r"[^\x00\s]")]
    text: String,
    /// By default the account's default chat, which the first message creates; on a channel with
    /// `"new_chat": "always"` a new chat.
    chat_id: Option<ChatId>,
    /// By default the first active WebChat channel.
    channel_id: Option<ChannelId>,
    /// The client's id for the message: sending again with the same id stores nothing.
    #[schema(min_length = 1, max_length = 128)]
    client_message_id: Option<String>,
    /// A message of the same chat.
    reply_to_message_id: Option<MessageId>,
    /// Stored with the chat if this message creates one; at most 16,384 bytes as JSON without
    /// spaces.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
}

/// A message as a form; an empty field counts as missing.
#[derive(ToSchema)]
#[schema(as = SendMessageForm)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct SendFormFields {
    /// As in JSON.
    #[schema(pattern = r"[^\x00\s]")]
    text: String,
    /// As in JSON.
    chat_id: Option<ChatId>,
    /// As in JSON.
    channel_id: Option<ChannelId>,
    /// As in JSON.
    #[schema(max_length = 128)]
    client_message_id: Option<String>,
    /// As in JSON.
    reply_to_message_id: Option<MessageId>,
    /// A JSON object with the same limit as in JSON.
    #[schema(content_media_type = "application/json")]
    metadata: Option<String>,
}

/// A message with a file; an empty field counts as missing.
#[derive(ToSchema)]
#[schema(as = SendMessageUpload)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct SendUpload {
    /// As in JSON; optional if there is a file.
    text: Option<String>,
    /// As in JSON.
    chat_id: Option<ChatId>,
    /// As in JSON.
    channel_id: Option<ChannelId>,
    /// As in JSON.
    #[schema(max_length = 128)]
    client_message_id: Option<String>,
    /// As in JSON.
    reply_to_message_id: Option<MessageId>,
    /// A JSON object with the same limit as in JSON.
    #[schema(content_media_type = "application/json")]
    metadata: Option<String>,
    /// An image (png, jpeg, gif, webp) or an audio file (ogg, mp3, wav, m4a, webm), detected from
    /// its content; at most 20 MiB unless configured otherwise. An image must be complete and have
    /// at most 64,000,000 pixels, and 16,384 on a side.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<Vec<u8>>,
}

/// A message sent by a client, in any of the three forms.
pub(crate) struct SendBody {
    /// The message, without its file.
    pub message: NewMessage,
    /// The channel to write to.
    pub channel_id: Option<ChannelId>,
    /// The message's file.
    pub upload: Option<Upload>,
}

impl SendBody {
    /// Reads and validates a body, up to its limits.
    ///
    /// # Errors
    /// The errors of `webchat/send/` in API.md that do not depend on the database.
    pub async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        api: &Api,
    ) -> Result<Self, ApiError> {
        let (mut fields, file) = read_fields(request, payload, api).await?;
        let text = fields.text("text")?.unwrap_or_default();
        if text.trim().len() > api.limits.text {
            return Err(ApiError::too_large(format!(
                "`text` must be at most {} bytes long",
                api.limits.text
            )));
        }
        if text.contains('\0') {
            return Err(ApiError::invalid_text("`text` has a NUL character"));
        }
        let metadata = fields.object("metadata")?;
        // Checked again when stored; checked here before the file is inspected.
        check_metadata(metadata.as_ref())?;
        if text.trim().is_empty() && file.is_none() {
            return Err(ApiError::empty_message(
                "a message needs a `text` or `media`",
            ));
        }
        Ok(Self {
            channel_id: fields.channel_id(request)?,
            message: NewMessage {
                text,
                chat_id: fields.text("chat_id")?.map(chat_id).transpose()?,
                media: None,
                media_quota: MediaQuota::default(),
                reply_to_message_id: fields
                    .text("reply_to_message_id")?
                    .map(|id| message_id(&id))
                    .transpose()?,
                client_message_id: client_message_id(request, fields.text("client_message_id")?)?,
                metadata,
            },
            upload: match file {
                Some((file, room)) => Some(Upload::inspect(file, room, api.limits).await?),
                None => None,
            },
        })
    }
}

/// Reads the fields, and the file with the room reserved for it.
async fn read_fields(
    request: &HttpRequest,
    payload: web::Payload,
    api: &Api,
) -> Result<(Fields, Option<(TempFile, Arc<Held>)>), ApiError> {
    match content_type(request).as_str() {
        "application/json" => {
            let bytes = read(request, payload, api.limits.body).await?;
            Ok((Fields::from_json(&bytes)?, None))
        }
        "application/x-www-form-urlencoded" => {
            let bytes = read(request, payload, api.limits.body).await?;
            Ok((Fields::from_form(url_encoded(&bytes)?)?, None))
        }
        "multipart/form-data" => {
            let Received { mut form, room } = SendForm::read(request, payload, api).await?;
            let file = form.media.take().map(|file| (file, room));
            Ok((Fields::from_form(form.texts())?, file))
        }
        _ => Err(ApiError::unsupported_media_type(
            "the body must be `application/json`, `application/x-www-form-urlencoded` or `multipart/form-data`",
        )),
    }
}

/// Returns the client's id for the message, from the field or the `Idempotency-Key` header.
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

/// Parses a URL-encoded form.
fn url_encoded(body: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let wrong = || ApiError::invalid_body("the body must be a URL-encoded form in UTF-8");
    // The form parser would silently replace bytes that are not valid UTF-8.
    percent_decode(body).decode_utf8().map_err(|_| wrong())?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).map_err(|_| wrong())?;
    let is_twice = |wanted: &&str| pairs.iter().filter(|(name, _)| name == wanted).count() > 1;
    // As in a form with a file, only known fields must not be given twice; unknown ones are
    // ignored.
    if NAMES.iter().any(is_twice) {
        return Err(ApiError::invalid_body("a field must not be repeated"));
    }
    Ok(pairs)
}
