//! Messages as admins see them: of every direction, and with their delivery state.

use serde::Serialize;
use unicom_db::queries::message_edits::EarlierText;
use unicom_models::{
    AccountId, ChannelId, ChatId, Direction, MediaType, Message, MessageFile, MessageId, UtcTime,
};
use utoipa::ToSchema;

use crate::Api;
use crate::buttons_json::ButtonsJson;
use crate::file_urls::FileUrls;
use crate::json::FileJson;

/// What a message said before an edit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageEdit)]
pub(crate) struct EditJson {
    text: String,
    html: Option<String>,
    /// When the message was edited.
    edited_at: UtcTime,
}

impl From<EarlierText> for EditJson {
    fn from(edit: EarlierText) -> Self {
        Self {
            text: edit.text,
            html: edit.html,
            edited_at: edit.edited_at,
        }
    }
}

/// A message as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffMessage)]
pub(crate) struct AdminMessageJson {
    id: MessageId,
    chat_id: ChatId,
    channel_id: ChannelId,
    direction: Direction,
    sender_id: Option<AccountId>,
    sender_name: String,
    user_id: Option<String>,
    timestamp: UtcTime,
    subject: Option<String>,
    text: String,
    html: Option<String>,
    media_type: MediaType,
    media_url: Option<String>,
    media_content_type: Option<String>,
    media_size: Option<i64>,
    /// The further files of the message.
    files: Vec<FileJson>,
    reply_to_message_id: Option<MessageId>,
    interactive_buttons: Option<ButtonsJson>,
    provider_message_id: Option<String>,
    sent_at: Option<UtcTime>,
    delivered_at: Option<UtcTime>,
    seen_at: Option<UtcTime>,
    /// What the message said before each edit, the oldest edit first.
    edits: Vec<EditJson>,
}

impl AdminMessageJson {
    /// Creates the JSON form of a message with its further files and its edits, the oldest first.
    pub fn new(
        api: &Api,
        message: Message,
        files: &[MessageFile],
        edits: Vec<EarlierText>,
    ) -> Self {
        let urls = FileUrls::of_admins(api);
        let name = message.media_name.as_deref();
        Self {
            media_url: name.map(|name| urls.url(message.id, name, None)),
            files: FileJson::all(&urls, files),
            id: message.id,
            chat_id: message.chat_id,
            channel_id: message.channel_id,
            direction: message.direction,
            sender_id: message.sender_id,
            sender_name: message.sender_name,
            user_id: message.user_id,
            timestamp: message.timestamp,
            subject: message.subject,
            text: message.text,
            html: message.html,
            media_type: message.media_type,
            media_content_type: message.media_content_type,
            media_size: message.media_size,
            reply_to_message_id: message.reply_to_message_id,
            interactive_buttons: message
                .interactive_buttons
                .as_ref()
                .and_then(ButtonsJson::new),
            provider_message_id: message.provider_message_id,
            sent_at: message.sent_at,
            delivered_at: message.delivered_at,
            seen_at: message.seen_at,
            edits: edits.into_iter().map(EditJson::from).collect(),
        }
    }
}
