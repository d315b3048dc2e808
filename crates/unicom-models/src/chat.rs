//! Chats: the conversations of accounts.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::text_enum::text_enum;
use crate::{Channel, ChannelId, ChatId, MessageId, PlatformKind, UtcTime, schema};

text_enum! {
    /// Whether a chat goes on.
    pub enum ChatState ("state of a chat") {
        /// The chat goes on.
        Open => "open",
        /// The chat was ended. The next message of a visitor reopens it.
        Ended => "ended",
    }
}

/// A conversation of accounts on one channel.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_chats)]
#[non_exhaustive]
pub struct Chat {
    /// The id of the chat.
    pub id: ChatId,
    /// The channel of the chat.
    pub channel_id: ChannelId,
    /// The platform of the channel.
    pub platform: PlatformKind,
    /// The name of the chat. Taken from the first message unless a client sets it; absent until
    /// then.
    pub name: Option<String>,
    /// Whether the chat is between one account and bots or admins.
    pub is_private: bool,
    /// Whether the chat is archived. An archived chat still accepts messages.
    pub is_archived: bool,
    /// Data of the client. An object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Value,
    /// The first message that is not internal.
    pub first_message_id: Option<MessageId>,
    /// The first incoming message.
    pub first_incoming_message_id: Option<MessageId>,
    /// The first outgoing message.
    pub first_outgoing_message_id: Option<MessageId>,
    /// The last message that is not internal.
    pub last_message_id: Option<MessageId>,
    /// The last incoming message.
    pub last_incoming_message_id: Option<MessageId>,
    /// The last outgoing message.
    pub last_outgoing_message_id: Option<MessageId>,
    /// The time of the newest message, including internal ones, or of the chat's creation. The next
    /// message is later.
    pub last_activity_at: UtcTime,
    /// When the chat was created.
    pub created_at: UtcTime,
    /// When the name, the metadata or the archived state last changed, a message was last edited or
    /// deleted, or another chat was last merged into this one at login.
    pub updated_at: UtcTime,
    /// The number of the last change in the chat.
    pub change: i64,
    /// Higher after the chat was rewritten, so that readers have to read it again. It begins with
    /// the time at which the chat was created: a chat may be deleted and another one get its id.
    pub epoch: i64,
    /// Whether a person holds the chat or is waited for. No bot answers in it meanwhile.
    pub is_held: bool,
    /// When the chat was ended. Absent while it is open.
    pub ended_at: Option<UtcTime>,
}

impl Chat {
    /// Creates a private chat without messages on `channel`.
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
            change: 0,
            epoch: now.as_micros(),
            is_held: false,
            ended_at: None,
        }
    }

    /// Returns whether the chat goes on.
    pub fn state(&self) -> ChatState {
        match self.ended_at {
            None => ChatState::Open,
            Some(_) => ChatState::Ended,
        }
    }
}
