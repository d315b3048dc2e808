//! [`Command`]: what a client tells the server through a WebSocket.

use std::collections::HashMap;

use serde::Deserialize;
use unicom_models::ChatId;
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
    /// Ask for a `pong`.
    Ping,
}
