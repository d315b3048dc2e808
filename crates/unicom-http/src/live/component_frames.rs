//! The frames of [`component_socket`](super::component_socket), made of those that a
//! [`Feed`](super::feed::Feed) tells.

use bytestring::ByteString;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use unicom_models::ChatId;
use utoipa::ToSchema;

use crate::ApiError;
use crate::json::MessageJson;

/// What the server tells a web component: one text frame.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = ComponentFrame)]
pub(super) enum ComponentFrame<'a> {
    /// The first frame.
    Ready { chat_id: &'a ChatId },
    /// A message that was written after the connection began.
    NewMessage {
        chat_id: &'a ChatId,
        #[schema(value_type = MessageJson)]
        message: &'a RawValue,
    },
    /// A message that has changed, or that was written before the connection began.
    MessageUpdated {
        chat_id: &'a ChatId,
        #[schema(value_type = MessageJson)]
        message: &'a RawValue,
    },
    /// The answer to a ping.
    Pong,
}

impl ComponentFrame<'_> {
    /// Returns the frame as text.
    pub fn encode(&self) -> Result<ByteString, ApiError> {
        let json = serde_json::to_string(self).map_err(ApiError::unexpected)?;
        Ok(json.into())
    }
}

/// What a web component tells the server: one text frame. Others are ignored.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
#[schema(as = ComponentCommand)]
pub(super) enum ComponentCommand {
    /// Asks for a `pong`.
    Ping,
}

/// A message as JSON.
pub(super) fn raw(message: &MessageJson<'_>) -> Result<Box<RawValue>, ApiError> {
    to_raw_value(message).map_err(ApiError::unexpected)
}

/// A `changes` frame of a feed.
#[derive(Deserialize)]
pub(super) struct Changes<'a> {
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    /// Other items than messages have none.
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

impl<'a> Changes<'a> {
    /// Reads a `changes` frame of a feed.
    pub fn of(json: &'a str) -> Result<Self, ApiError> {
        serde_json::from_str(json).map_err(ApiError::unexpected)
    }

    /// Returns the messages that are new or have changed, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &'a RawValue> {
        self.items.iter().filter_map(|item| item.message)
    }
}

/// Returns the time of a message as text, which sorts like the times.
pub(super) fn written_at(message: &RawValue) -> Result<String, ApiError> {
    #[derive(Deserialize)]
    struct Written {
        timestamp: String,
    }
    let written: Written = serde_json::from_str(message.get()).map_err(ApiError::unexpected)?;
    Ok(written.timestamp)
}
