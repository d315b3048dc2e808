//! Messages and chats as clients see them.

use serde::Serialize;
use serde_json::Value;
use unicom_db::queries::chat_list::{LastMessage, ListedChat};
use unicom_models::{
    ChannelId, ChatId, Direction, MediaType, Message, MessageId, PlatformKind, UtcTime,
};

use crate::Api;
use crate::media::media_url;

/// A message as clients see it.
#[derive(Debug, Serialize)]
pub(crate) struct MessageJson {
    id: MessageId,
    chat_id: ChatId,
    text: String,
    html: Option<String>,
    is_outgoing: bool,
    sender_name: String,
    timestamp: UtcTime,
    media_type: MediaType,
    media_url: Option<String>,
    reply_to_message_id: Option<MessageId>,
    client_message_id: Option<String>,
    interactive_buttons: Option<Value>,
}

impl MessageJson {
    pub fn new(api: &Api, message: Message) -> Self {
        Self {
            media_url: message
                .media_name
                .as_deref()
                .map(|name| media_url(api, message.id, name)),
            id: message.id,
            chat_id: message.chat_id,
            text: message.text,
            html: message.html,
            is_outgoing: message.direction == Direction::Outgoing,
            sender_name: message.sender_name,
            timestamp: message.timestamp,
            media_type: message.media_type,
            reply_to_message_id: message.reply_to_message_id,
            client_message_id: message.client_message_id,
            interactive_buttons: message.interactive_buttons,
        }
    }
}

/// A chat as clients see it.
#[derive(Debug, Serialize)]
pub(crate) struct ChatJson {
    id: ChatId,
    name: Option<String>,
    platform: PlatformKind,
    channel_id: ChannelId,
    is_private: bool,
    is_archived: bool,
    metadata: Value,
    created_at: UtcTime,
    unread_count: i64,
    last_message: Option<LastMessageJson>,
}

#[derive(Debug, Serialize)]
struct LastMessageJson {
    id: MessageId,
    text: String,
    timestamp: UtcTime,
    is_outgoing: bool,
    sender_name: String,
}

impl From<ListedChat> for ChatJson {
    fn from(
        ListedChat {
            chat,
            unread_count,
            last_message,
        }: ListedChat,
    ) -> Self {
        Self {
            id: chat.id,
            name: chat.name,
            platform: chat.platform,
            channel_id: chat.channel_id,
            is_private: chat.is_private,
            is_archived: chat.is_archived,
            metadata: chat.metadata,
            created_at: chat.created_at,
            unread_count,
            last_message: last_message.map(LastMessageJson::from),
        }
    }
}

impl From<LastMessage> for LastMessageJson {
    fn from(message: LastMessage) -> Self {
        Self {
            id: message.id,
            text: message.text,
            timestamp: message.timestamp,
            is_outgoing: message.direction == Direction::Outgoing,
            sender_name: message.sender_name,
        }
    }
}
