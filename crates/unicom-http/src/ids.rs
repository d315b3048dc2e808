//! Ids as clients send them: one in a form that no id has is answered like one that does not exist.

use std::str::FromStr;

use unicom_core::CoreError;
use unicom_models::{ChatId, MessageId};
use unicom_webchat::WebChatError;

use crate::ApiError;

/// A chat's id in a form that can be one; any other names no chat.
pub(crate) fn chat_id(id: String) -> Result<ChatId, ApiError> {
    if id.contains('\0') {
        Err(no_chat())
    } else {
        Ok(id.into())
    }
}

/// What is said of a chat that is not there.
pub(crate) fn no_chat() -> ApiError {
    WebChatError::ChatNotFound.into()
}

/// The number or UUID of something that staff manages; any other text names none.
pub(crate) fn parsed<T: FromStr>(what: &'static str, id: &str) -> Result<T, ApiError> {
    id.parse().map_err(|_| missing(what))
}

/// The name or id of something that staff manages, in a form that can be one; any other names none.
pub(crate) fn text(what: &'static str, id: String) -> Result<String, ApiError> {
    if id.contains('\0') {
        Err(missing(what))
    } else {
        Ok(id)
    }
}

/// What is said of something that staff manages and that is not there.
pub(crate) fn missing(what: &'static str) -> ApiError {
    let id = String::new();
    CoreError::NotFound { what, id }.into()
}

/// A message's id in a form that can be one; any other names no message.
pub(crate) fn message_id(id: &str) -> Result<MessageId, ApiError> {
    id.parse().map_err(|_| WebChatError::NotFound.into())
}
