//! `MessageBody`: a message sent by an admin to a chat, as JSON or as a form with a file.

use std::sync::Arc;

use actix_multipart::form::MultipartForm;
use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_web::{HttpRequest, web};
use serde::Deserialize;
use unicom_content::html;
use unicom_core::{OutgoingMessage, buttons::Buttons};
use unicom_models::MessageId;
use utoipa::ToSchema;

use crate::body::content_type;
use crate::ids::message_id;
use crate::multipart::{Received, read_form};
use crate::storage::Held;
use crate::upload::{Upload, checked_file};
use crate::{Api, ApiError, json_body, read_json};

/// A message sent by an admin, in either form.
pub(super) struct MessageBody {
    /// The message, without its file and its sender.
    pub message: OutgoingMessage,
    /// The file of the message.
    pub upload: Option<Upload>,
}

/// A message sent by an admin: a text, HTML or both.
#[derive(Deserialize, ToSchema)]
#[schema(as = StaffSend)]
pub(super) struct AdminFields {
    /// At most 16 KiB unless configured otherwise.
    text: Option<String>,
    /// At most 64 KiB; sanitised.
    html: Option<String>,
    /// A message of the same chat.
    #[schema(value_type = Option<MessageId>)]
    #[serde(default, deserialize_with = "json_body::non_empty")]
    reply_to_message_id: Option<String>,
    buttons: Option<Buttons>,
}

/// A message sent by an admin with a file.
#[derive(Debug, MultipartForm, ToSchema)]
#[multipart(duplicate_field = "deny")]
#[schema(as = StaffSendUpload)]
pub(super) struct AdminUpload {
    /// As in JSON.
    #[schema(value_type = Option<String>)]
    text: Option<Text<String>>,
    /// As in JSON.
    #[schema(value_type = Option<String>)]
    html: Option<Text<String>>,
    /// As in JSON.
    #[schema(value_type = Option<MessageId>)]
    reply_to_message_id: Option<Text<String>>,
    /// An image or an audio file, detected from its content.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<TempFile>,
}

impl From<AdminUpload> for AdminFields {
    fn from(form: AdminUpload) -> Self {
        Self::new(
            AdminUpload::given(form.text),
            AdminUpload::given(form.html),
            AdminUpload::given(form.reply_to_message_id),
        )
    }
}

impl AdminUpload {
    /// Returns the value of a field of a form, unless it was left empty.
    pub fn given(field: Option<Text<String>>) -> Option<String> {
        field
            .map(Text::into_inner)
            .filter(|value| !value.is_empty())
    }
}

impl AdminFields {
    /// Creates a message without buttons.
    pub fn new(
        text: Option<String>,
        html: Option<String>,
        reply_to_message_id: Option<String>,
    ) -> Self {
        Self {
            text,
            html,
            reply_to_message_id,
            buttons: None,
        }
    }
}

impl MessageBody {
    /// Reads and validates a body, up to its limits.
    ///
    /// # Errors
    /// The errors of `chats/{id}/messages/` in API-ADMIN.md that do not depend on the database.
    pub async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        api: &Api,
    ) -> Result<Self, ApiError> {
        let (fields, file) = if content_type(request) == "multipart/form-data" {
            let Received { mut form, room } =
                read_form::<AdminUpload>(request, payload, api).await?;
            let file = checked_file(form.media.take(), api)?.map(|file| (file, room));
            (form.into(), file)
        } else {
            let fields: AdminFields = read_json(request, payload, api.limits.body).await?;
            (fields, None)
        };
        Self::check(fields, file, api).await
    }

    /// Validates the fields of a body and its file.
    ///
    /// # Errors
    /// Those of [`MessageBody::read`] for a body that was read.
    pub async fn check(
        fields: AdminFields,
        file: Option<(TempFile, Arc<Held>)>,
        api: &Api,
    ) -> Result<Self, ApiError> {
        let text = fields.text.unwrap_or_default();
        if text.len() > api.limits.text {
            return Err(ApiError::too_large(format!(
                "`text` must be at most {} bytes long",
                api.limits.text
            )));
        }
        let html = match fields.html {
            Some(html) => Some(html::sanitize_async(&html).await?),
            None => None,
        };
        Ok(Self {
            message: OutgoingMessage {
                text,
                html,
                reply_to_message_id: fields
                    .reply_to_message_id
                    .map(|id| message_id(&id))
                    .transpose()?,
                buttons: fields.buttons,
                ..OutgoingMessage::default()
            },
            upload: match file {
                Some((file, room)) => Some(Upload::inspect(file, room, api.limits).await?),
                None => None,
            },
        })
    }
}
