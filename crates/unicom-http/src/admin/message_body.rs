//! `MessageBody`: a message sent by an admin to a chat, as JSON or as a form with a file.

use actix_multipart::form::MultipartForm;
use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_web::{HttpRequest, web};
use unicom_content::html;
use unicom_core::{OutgoingMessage, buttons::Buttons};
use unicom_models::MessageId;
use utoipa::ToSchema;

use crate::body::content_type;
use crate::ids::message_id;
use crate::multipart::{Received, read_form};
use crate::upload::{Upload, checked_file};
use crate::{Api, ApiError, Fields, read_json};

/// A message sent by an admin, in either form.
pub(super) struct MessageBody {
    /// The message, without its file and its sender.
    pub message: OutgoingMessage,
    /// The file of the message.
    pub upload: Option<Upload>,
}

/// A message sent by an admin: a text, HTML or both.
#[derive(ToSchema)]
#[schema(as = StaffSend)]
#[expect(dead_code, reason = "described here, read by name")]
pub(super) struct AdminFields {
    /// At most 16 KiB unless configured otherwise.
    text: Option<String>,
    /// At most 64 KiB; sanitised.
    html: Option<String>,
    /// A message of the same chat.
    reply_to_message_id: Option<MessageId>,
    buttons: Option<Buttons>,
}

/// A message sent by an admin with a file.
#[derive(ToSchema)]
#[schema(as = StaffSendUpload)]
#[expect(dead_code, reason = "described here, read by name")]
pub(super) struct AdminUpload {
    /// As in JSON.
    text: Option<String>,
    /// As in JSON.
    html: Option<String>,
    /// As in JSON.
    reply_to_message_id: Option<MessageId>,
    /// An image or an audio file, detected from its content.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<Vec<u8>>,
}

#[derive(Debug, MultipartForm)]
#[multipart(duplicate_field = "deny")]
struct AdminForm {
    text: Option<Text<String>>,
    html: Option<Text<String>>,
    reply_to_message_id: Option<Text<String>>,
    media: Option<TempFile>,
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
        let (mut fields, file) = if content_type(request) == "multipart/form-data" {
            let Received { form, room } = read_form::<AdminForm>(request, payload, api).await?;
            let texts = [
                ("text", form.text),
                ("html", form.html),
                ("reply_to_message_id", form.reply_to_message_id),
            ];
            let texts = texts
                .into_iter()
                .filter_map(|(name, text)| Some((name.to_owned(), text?.into_inner())));
            let file = checked_file(form.media, api)?.map(|file| (file, room));
            (Fields::from_form(texts)?, file)
        } else {
            (read_json(request, payload, api.limits.body).await?, None)
        };
        let text = fields.text("text")?.unwrap_or_default();
        if text.len() > api.limits.text {
            return Err(ApiError::too_large(format!(
                "`text` must be at most {} bytes long",
                api.limits.text
            )));
        }
        let html = match fields.text("html")? {
            Some(html) => Some(html::sanitize_async(&html).await?),
            None => None,
        };
        Ok(Self {
            message: OutgoingMessage {
                text,
                html,
                reply_to_message_id: fields
                    .text("reply_to_message_id")?
                    .map(|id| message_id(&id))
                    .transpose()?,
                buttons: fields.parsed("buttons", BUTTONS)?,
                ..OutgoingMessage::default()
            },
            upload: match file {
                Some((file, room)) => Some(Upload::inspect(file, room, api.limits).await?),
                None => None,
            },
        })
    }
}

const BUTTONS: &str = "rows of buttons, each with a `text` and either a `value`, with an `expires_at` in RFC 3339 or without, or a `url`";
