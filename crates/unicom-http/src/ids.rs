//! Ids as clients send them: one in a form that no id has is answered like one that does not exist.

use unicom_models::{ChatId, MessageId};
use unicom_webchat::WebChatError;

use crate::ApiError;

/// Bytes of a chat's id at the most.
const LONGEST: usize = 512;

/// A chat's id in a form that can be one; any other names no chat.
pub(crate) fn chat_id(id: String) -> Result<ChatId, ApiError> {
    if id.len() > LONGEST || id.contains('\0') {
        Err(WebChatError::ChatNotFound.into())
    } else {
        Ok(id.into())
    }
}

/// A message's id in a form that can be one; any other names no message.
pub(crate) fn message_id(id: &str) -> Result<MessageId, ApiError> {
    id.parse().map_err(|_| WebChatError::NotFound.into())
}
