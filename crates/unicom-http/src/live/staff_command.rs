//! [`StaffCommand`]: what an admin's client tells the server through a WebSocket.

use std::collections::HashMap;

use serde::Deserialize;
use unicom_models::ChatId;
use utoipa::ToSchema;

/// What an admin's client tells the server: one text frame.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = StaffLiveCommand)]
pub(crate) enum StaffCommand {
    /// Follow chats, each from a cursor, or from now on if it is null.
    Subscribe {
        chats: HashMap<ChatId, Option<String>>,
    },
    /// Stop following chats.
    Unsubscribe { chats: Vec<ChatId> },
    /// Show the visitor and the other admins in a chat that is followed that the admin begins or
    /// stops to write. Repeated every few seconds while the admin writes.
    Typing { chat_id: ChatId, is_typing: bool },
    /// Show the other admins which chat the admin views: one that is followed, or null.
    Viewing { chat_id: Option<ChatId> },
    /// Ask for a `pong`.
    Ping,
}
