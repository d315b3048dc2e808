//! Limits of the metadata that a client may store with a chat.

use serde_json::{Map, Value};

use crate::WebChatError;

/// Validates the metadata of a chat: at most 16,384 bytes as compact JSON, and no NUL character.
///
/// All functions of this crate that store metadata call it. A caller whose request contains more
/// than the metadata may call it before it processes the rest.
///
/// # Errors
/// [`WebChatError::Core`] with `CoreError::TooLarge` or `CoreError::Nul`.
///
/// ```
/// # use serde_json::{Map, json};
/// # use unicom_webchat::check_metadata;
/// let of_bytes = |bytes: usize| {
///     let text = "x".repeat(bytes - r#"{"a":""}"#.len());
///     Map::from_iter([("a".to_owned(), json!(text))])
/// };
/// assert!(check_metadata(Some(&of_bytes(16_384))).is_ok());
/// assert_eq!(
///     check_metadata(Some(&of_bytes(16_385))).unwrap_err().to_string(),
///     "`metadata` is too large: expected at most 16384 bytes of JSON",
/// );
/// ```
pub fn check_metadata(metadata: Option<&Map<String, Value>>) -> Result<(), WebChatError> {
    match metadata {
        Some(metadata) => Ok(unicom_core::validation::check_metadata(metadata)?),
        None => Ok(()),
    }
}
