//! What a client sends: JSON, a form, or a form with a file.

use actix_web::{HttpRequest, web};
use percent_encoding::percent_decode;
use serde_json::{Map, Value};
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{MediaQuota, NewMessage, check_metadata};
use utoipa::ToSchema;

use crate::body::{content_type, read};
use crate::ids::{chat_id, message_id};
use crate::multipart::Received;
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

/// Characters of a client's name for a message at the most.
const CLIENT_ID_CHARACTERS: usize = 128;

/// A message as JSON: a `text`, and what it may say besides.
#[derive(ToSchema)]
#[schema(as = SendMessage)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct SendFields {
    /// Trimmed, then at most 16 KiB unless the server is set otherwise.
    #[schema(pattern = r"[^\x00\s]")]
    text: String,
    /// By default the account's default chat, made on the first send; on a channel with `"new_chat": "always"` a new
    /// one.
    chat_id: Option<ChatId>,
    /// By default the first active WebChat channel.
    channel_id: Option<ChannelId>,
    /// The client's name for the message: sending again under it stores nothing.
    #[schema(min_length = 1, max_length = 128)]
    client_message_id: Option<String>,
    /// A message of the same chat.
    reply_to_message_id: Option<MessageId>,
    /// Kept on a chat that this makes; at most 16,384 bytes as JSON without spaces.
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
    /// A JSON object, as large as in JSON.
    #[schema(content_media_type = "application/json")]
    metadata: Option<String>,
}

/// A message with a file; an empty field counts as missing.
#[derive(ToSchema)]
#[schema(as = SendMessageUpload)]
#[expect(dead_code, reason = "described here, read by name")]
pub(crate) struct SendUpload {
    /// As in JSON, and not needed beside a file.
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
    /// A JSON object, as large as in JSON.
    #[schema(content_media_type = "application/json")]
    metadata: Option<String>,
    /// An image (png, jpeg, gif, webp) or a sound (ogg, mp3, wav, m4a, webm) by its content, at most 20 MiB unless the
    /// server is set otherwise. An image must be whole and have at most 64,000,000 pixels, and 16,384 on a side.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<Vec<u8>>,
}

/// What a client sends, in whichever of the three forms.
pub(crate) struct SendBody {
    /// The message, without its file.
    pub message: NewMessage,
    /// The channel to write to.
    pub channel_id: Option<ChannelId>,
    /// The message's file.
    pub upload: Option<Upload>,
}

impl SendBody {
    /// Reads and checks a body, up to its limits.
    ///
    /// # Errors
    /// Those of API.md for `webchat/send/` that need no database.
    pub async fn read(
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
                (Fields::from_form(url_encoded(&bytes)?)?, None)
            }
            "multipart/form-data" => {
                let Received { mut form, room } = SendForm::read(request, payload, api).await?;
                let file = form.media.take().map(|file| (file, room));
                (Fields::from_form(form.texts())?, file)
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
        if text.contains('\0') {
            return Err(ApiError::invalid_text("`text` has a NUL character"));
        }
        let metadata = fields.object("metadata")?;
        // Also where they are stored; here before a file is looked at.
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

/// The pairs of a URL-encoded form.
fn url_encoded(body: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let wrong = || ApiError::invalid_body("the body must be a URL-encoded form in UTF-8");
    // Of bytes that are no text, whoever takes the pairs apart would make another text than was sent.
    percent_decode(body).decode_utf8().map_err(|_| wrong())?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).map_err(|_| wrong())?;
    let is_twice = |wanted: &&str| pairs.iter().filter(|(name, _)| name == wanted).count() > 1;
    // As in a form with a file; unknown ones are ignored.
    if NAMES.iter().any(is_twice) {
        return Err(ApiError::invalid_body("a field must not be given twice"));
    }
    Ok(pairs)
}
