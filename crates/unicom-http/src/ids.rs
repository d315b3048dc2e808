//! Parses ids sent by clients. A malformed id gets the same error as an id that does not exist.

use std::str::FromStr;

use unicom_core::CoreError;
use unicom_models::{ChatId, MessageId};
use unicom_webchat::WebChatError;

use crate::ApiError;

/// Returns a chat id that a client sent. One that contains NUL gets the error of a chat that does
/// not exist.
pub(crate) fn chat_id(id: impl Into<ChatId>) -> Result<ChatId, ApiError> {
    let id = id.into();
    if id.as_str().contains('\0') {
        Err(no_chat())
    } else {
        Ok(id)
    }
}

/// Returns the error for a chat that does not exist.
pub(crate) fn no_chat() -> ApiError {
    WebChatError::ChatNotFound.into()
}

/// Parses the number or UUID of an entity that admins manage. A malformed one gets the error of an
/// entity that does not exist.
pub(crate) fn parsed<T: FromStr>(what: &'static str, id: &str) -> Result<T, ApiError> {
    id.parse().map_err(|_| missing(what))
}

/// Validates the name or textual id of an entity that admins manage. One that contains NUL gets the
/// error of an entity that does not exist.
pub(crate) fn text(what: &'static str, id: String) -> Result<String, ApiError> {
    if id.contains('\0') {
        Err(missing(what))
    } else {
        Ok(id)
    }
}

/// Returns the error for an entity that does not exist.
pub(crate) fn missing(what: &'static str) -> ApiError {
    let id = String::new();
    CoreError::NotFound { what, id }.into()
}

/// Parses a message id. A malformed one gets the error of a message that does not exist.
pub(crate) fn message_id(id: &str) -> Result<MessageId, ApiError> {
    id.parse().map_err(|_| WebChatError::NotFound.into())
}
