//! A chat: a conversation of accounts.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Channel, ChannelId, ChatId, MessageId, PlatformKind, UtcTime, schema};

/// A conversation of accounts on one channel.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_chats)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// The channel it runs on.
    pub channel_id: ChannelId,
    /// The channel's platform.
    pub platform: PlatformKind,
    /// Its name: that of its first message until someone names it; none before either.
    pub name: Option<String>,
    /// Whether it is between one account and the bots or staff.
    pub is_private: bool,
    /// Whether it is put away. It still takes messages.
    pub is_archived: bool,
    /// An object of the client's own.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Value,
    /// Its first message of any direction but internal.
    pub first_message_id: Option<MessageId>,
    /// Its first incoming message.
    pub first_incoming_message_id: Option<MessageId>,
    /// Its first outgoing message.
    pub first_outgoing_message_id: Option<MessageId>,
    /// Its last message of any direction but internal.
    pub last_message_id: Option<MessageId>,
    /// Its last incoming message.
    pub last_incoming_message_id: Option<MessageId>,
    /// Its last outgoing message.
    pub last_outgoing_message_id: Option<MessageId>,
    /// The time of its newest message, internal ones included, or of its making: the next one comes later.
    pub last_activity_at: UtcTime,
    /// When it was made.
    pub created_at: UtcTime,
    /// When its name, its metadata or its archived state last changed, or it took another chat up at a login.
    pub updated_at: UtcTime,
}

impl Chat {
    /// A private chat on `channel` in which nobody has written yet.
    pub fn new(id: ChatId, channel: &Channel, now: UtcTime) -> Self {
        Self {
            id,
            channel_id: channel.id,
            platform: channel.platform.clone(),
            name: None,
            is_private: true,
            is_archived: false,
            metadata: Value::Object(Map::new()),
            first_message_id: None,
            first_incoming_message_id: None,
            first_outgoing_message_id: None,
            last_message_id: None,
            last_incoming_message_id: None,
            last_outgoing_message_id: None,
            last_activity_at: now,
            created_at: now,
            updated_at: now,
        }
    }
}
