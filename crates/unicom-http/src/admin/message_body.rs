//! `MessageBody`: a message sent by an admin to a chat, as JSON or as a form with a file.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use unicom_content::html;
use unicom_core::{OutgoingMessage, buttons::Buttons};
use unicom_models::MessageId;
use utoipa::ToSchema;

use crate::body::content_type;
use crate::ids::message_id;
use crate::multipart::{Form, ReceivedFile, read_form};
use crate::storage::Held;
use crate::upload::Upload;
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
#[derive(ToSchema)]
#[schema(as = StaffSendUpload)]
#[expect(dead_code, reason = "described here, read as `AdminFields`")]
pub(super) struct AdminUpload {
    /// As in JSON.
    #[schema(value_type = Option<String>)]
    text: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<String>)]
    html: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<MessageId>)]
    reply_to_message_id: Option<String>,
    /// An image, sound, a video or a document, detected from its content.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<ReceivedFile>,
}

impl AdminFields {
    /// The names of the fields of a form.
    const NAMES: [&str; 3] = ["text", "html", "reply_to_message_id"];

    /// Creates a message from the fields of a form.
    fn of_form(form: &mut Form) -> Self {
        Self::new(
            given(form, "text"),
            given(form, "html"),
            given(form, "reply_to_message_id"),
        )
    }

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

/// Returns the value of a field of a form, unless it was left empty.
pub(super) fn given(form: &mut Form, name: &str) -> Option<String> {
    form.text(name).filter(|value| !value.is_empty())
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
            let mut form = read_form(request, payload, api, &AdminFields::NAMES).await?;
            let file = form.file();
            (AdminFields::of_form(&mut form), file)
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
        file: Option<(ReceivedFile, Arc<Held>)>,
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
