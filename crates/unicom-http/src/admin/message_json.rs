//! Messages as admins see them: of every direction, and with their delivery state.

use serde::Serialize;
use serde_json::Value;
use unicom_core::buttons::InteractiveButtons;
use unicom_models::{
    AccountId, ChannelId, ChatId, Direction, MediaType, Message, MessageFile, MessageId, UtcTime,
};
use utoipa::ToSchema;

use crate::Api;
use crate::json::FileJson;
use crate::webchat::media::path_of;

/// A message as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffMessage)]
pub(super) struct AdminMessageJson {
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
    #[schema(value_type = Option<InteractiveButtons>)]
    interactive_buttons: Option<Value>,
    provider_message_id: Option<String>,
    sent_at: Option<UtcTime>,
    delivered_at: Option<UtcTime>,
    seen_at: Option<UtcTime>,
}

impl AdminMessageJson {
    pub fn new(api: &Api, message: Message, files: &[MessageFile]) -> Self {
        let folder = format!("{}/admin/media", api.base_path);
        let name = message.media_name.as_deref();
        Self {
            media_url: name.map(|name| format!("{folder}/{}", path_of(message.id, name))),
            files: FileJson::all(&folder, files),
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
            interactive_buttons: message.interactive_buttons,
            provider_message_id: message.provider_message_id,
            sent_at: message.sent_at,
            delivered_at: message.delivered_at,
            seen_at: message.seen_at,
        }
    }
}
