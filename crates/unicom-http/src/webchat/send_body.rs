//! `SendBody`: a message sent by a client as JSON, as a form, or as a form with a file.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use percent_encoding::percent_decode;
use serde::Deserialize;
use serde_json::{Map, Value};
use unicom_core::text::has_visible;
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{Claims, MediaQuota, NewMessage, check_metadata};
use utoipa::ToSchema;

use crate::body::{content_type, read, refuse_encoding};
use crate::json_body::{parse_channel_id, parse_metadata};
use crate::multipart::{Form, ReceivedFile, read_form};
use crate::parameters::channel_id_or_parameter;
use crate::storage::Held;
use crate::upload::Upload;
use crate::webchat::claims::ClaimsFields;
use crate::{Api, ApiError, ids, json_body};

/// Maximum length of a `client_message_id` in characters.
const CLIENT_ID_CHARACTERS: usize = 128;

/// A message as JSON: a `text` and optional fields.
#[derive(Deserialize, ToSchema)]
#[schema(as = SendMessage)]
pub(crate) struct SendFields {
    /// Trimmed, then at most 16 KiB unless configured otherwise.
    #[schema(pattern = r"[^\x00\s]", value_type = String)]
    text: Option<String>,
    /// By default the account's default chat, which the first message creates; on a channel with
    /// `"new_chat": "always"` a new chat.
    #[serde(default, deserialize_with = "json_body::non_empty")]
    chat_id: Option<ChatId>,
    /// By default the first active WebChat channel.
    #[serde(default, deserialize_with = "json_body::channel_id")]
    channel_id: Option<ChannelId>,
    /// The client's id for the message: sending again with the same id stores nothing.
    #[schema(max_length = 128)]
    #[serde(default, deserialize_with = "json_body::non_empty")]
    client_message_id: Option<String>,
    /// A message of the same chat.
    #[schema(value_type = Option<MessageId>)]
    #[serde(default, deserialize_with = "json_body::non_empty")]
    reply_to_message_id: Option<String>,
    /// Stored with the chat if this message creates one; at most 16,384 bytes as JSON without
    /// spaces.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// What the visitor says about themselves, stored as with `PUT webchat/visitor/claims/`.
    claims: Option<ClaimsFields>,
}

/// A message as a form; an empty field counts as missing.
#[derive(Deserialize, ToSchema)]
#[schema(as = SendMessageForm)]
pub(crate) struct SendFormFields {
    /// As in JSON.
    #[schema(pattern = r"[^\x00\s]", value_type = String)]
    text: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<ChatId>)]
    chat_id: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<ChannelId>)]
    channel_id: Option<String>,
    /// As in JSON.
    #[schema(max_length = 128)]
    client_message_id: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<MessageId>)]
    reply_to_message_id: Option<String>,
    /// A JSON object with the same limit as in JSON.
    #[schema(content_media_type = "application/json")]
    metadata: Option<String>,
    /// A JSON object with the same fields as in JSON.
    #[schema(content_media_type = "application/json")]
    claims: Option<String>,
}

/// A message with a file; an empty field counts as missing.
#[derive(ToSchema)]
#[schema(as = SendMessageUpload)]
#[expect(dead_code, reason = "described here, read as `SendFormFields`")]
pub(crate) struct SendUpload {
    /// As in JSON; optional if there is a file.
    #[schema(value_type = Option<String>)]
    text: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<ChatId>)]
    chat_id: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<ChannelId>)]
    channel_id: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<String>, max_length = 128)]
    client_message_id: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<MessageId>)]
    reply_to_message_id: Option<String>,
    /// A JSON object with the same limit as in JSON.
    #[schema(value_type = Option<String>, content_media_type = "application/json")]
    metadata: Option<String>,
    /// A JSON object with the same fields as in JSON.
    #[schema(value_type = Option<String>, content_media_type = "application/json")]
    claims: Option<String>,
    /// A file of a type that the channel accepts, detected from its content: see `file_types` of
    /// the channel's configuration; at most 20 MiB unless configured otherwise. An image must be
    /// complete and have at most 64,000,000 pixels, and 16,384 on a side.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<ReceivedFile>,
}

impl TryFrom<SendFormFields> for SendFields {
    type Error = ApiError;

    fn try_from(form: SendFormFields) -> Result<Self, ApiError> {
        let given = |field: Option<String>| field.filter(|value| !value.is_empty());
        let channel_id = given(form.channel_id);
        let metadata = given(form.metadata);
        Ok(Self {
            text: given(form.text),
            chat_id: given(form.chat_id).map(ChatId::from),
            channel_id: channel_id.as_deref().map(parse_channel_id).transpose()?,
            client_message_id: given(form.client_message_id),
            reply_to_message_id: given(form.reply_to_message_id),
            metadata: metadata.as_deref().map(parse_metadata).transpose()?,
            claims: given(form.claims)
                .as_deref()
                .map(ClaimsFields::parse)
                .transpose()?,
        })
    }
}

impl SendFormFields {
    /// The names of the fields.
    const NAMES: [&str; 7] = [
        "text",
        "chat_id",
        "channel_id",
        "client_message_id",
        "reply_to_message_id",
        "metadata",
        "claims",
    ];
}

impl From<Form> for SendFormFields {
    fn from(mut form: Form) -> Self {
        Self {
            text: form.text("text"),
            chat_id: form.text("chat_id"),
            channel_id: form.text("channel_id"),
            client_message_id: form.text("client_message_id"),
            reply_to_message_id: form.text("reply_to_message_id"),
            metadata: form.text("metadata"),
            claims: form.text("claims"),
        }
    }
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
        let (fields, file) = read_fields(request, payload, api).await?;
        let text = fields.text.unwrap_or_default();
        check_text(&text, api)?;
        // Checked again when stored; checked here before the file is inspected.
        check_metadata(fields.metadata.as_ref())?;
        if !has_visible(&text) && file.is_none() {
            return Err(ApiError::empty_message(
                "a message needs a `text` or `media`",
            ));
        }
        Ok(Self {
            channel_id: channel_id_or_parameter(fields.channel_id, request)?,
            message: NewMessage {
                text,
                chat_id: fields.chat_id.map(ids::chat_id).transpose()?,
                media: None,
                media_quota: MediaQuota::default(),
                reply_to_message_id: fields
                    .reply_to_message_id
                    .map(|id| ids::message_id(&id))
                    .transpose()?,
                client_message_id: client_message_id(request, fields.client_message_id)?,
                metadata: fields.metadata,
                claims: fields.claims.map(Claims::from),
            },
            upload: match file {
                Some((file, room)) => Some(Upload::inspect(file, room, api.limits).await?),
                None => None,
            },
        })
    }
}

/// Checks that the text of a visitor's message is not too long and has no NUL.
pub(super) fn check_text(text: &str, api: &Api) -> Result<(), ApiError> {
    if text.trim().len() > api.limits.text {
        return Err(ApiError::too_large(format!(
            "`text` must be at most {} bytes long",
            api.limits.text
        )));
    }
    if text.contains('\0') {
        return Err(ApiError::invalid_text("`text` has a NUL character"));
    }
    Ok(())
}

/// Reads the fields, and the file with the room reserved for it.
async fn read_fields(
    request: &HttpRequest,
    payload: web::Payload,
    api: &Api,
) -> Result<(SendFields, Option<(ReceivedFile, Arc<Held>)>), ApiError> {
    refuse_encoding(request)?;
    match content_type(request).as_str() {
        "application/json" => {
            let bytes = read(request, payload, api.limits.body).await?;
            Ok((json_body::parse(&bytes)?, None))
        }
        "application/x-www-form-urlencoded" => {
            let bytes = read(request, payload, api.limits.body).await?;
            Ok((url_encoded(&bytes)?.try_into()?, None))
        }
        "multipart/form-data" => {
            let mut form = read_form(request, payload, api, &SendFormFields::NAMES).await?;
            let file = form.file();
            Ok((SendFormFields::from(form).try_into()?, file))
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

/// Parses a URL-encoded form. As in a form with a file, only fields of the message must not be
/// repeated; others are ignored.
fn url_encoded(body: &[u8]) -> Result<SendFormFields, ApiError> {
    let wrong = || ApiError::invalid_body("the body must be a URL-encoded form in UTF-8");
    // The form parser would silently replace bytes that are not valid UTF-8.
    percent_decode(body).decode_utf8().map_err(|_| wrong())?;
    // All fields are optional strings: the only error is one that is given twice.
    serde_urlencoded::from_bytes(body)
        .map_err(|_| ApiError::invalid_body("a field must not be repeated"))
}
