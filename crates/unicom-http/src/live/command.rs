//! [`Command`]: what a client tells the server through a WebSocket.

use std::collections::HashMap;

use serde::Deserialize;
use unicom_models::{ChatId, MessageId};
use utoipa::ToSchema;

/// What a client tells the server: one text frame.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveCommand)]
pub(super) enum Command {
    /// Follow chats, each from a cursor, or from now on if it is null.
    Subscribe {
        chats: HashMap<ChatId, Option<String>>,
    },
    /// Stop following chats.
    Unsubscribe { chats: Vec<ChatId> },
    /// Tell the others in a chat that is followed that the visitor begins or stops to write.
    /// Repeated every few seconds while the visitor writes.
    Typing { chat_id: ChatId, is_typing: bool },
    /// The client has received the messages of a chat up to this one.
    Delivered {
        chat_id: ChatId,
        message_id: MessageId,
    },
    /// The visitor has read the messages of a chat up to this one.
    Read {
        chat_id: ChatId,
        message_id: MessageId,
    },
    /// Keep the connection open with another token of the same visitor, before the present one
    /// expires. Answered by `renewed`.
    Renew { token: String },
    /// Ask for a `pong`.
    Ping,
}
