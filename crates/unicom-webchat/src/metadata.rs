//! Limits of the metadata that a client may store with a chat.

use serde_json::{Map, Value};
use unicom_core::CoreError;
use unicom_models::object_contains_nul;

use crate::WebChatError;

/// Maximum size of a chat's metadata as compact JSON in bytes. Lists return all of it, and filters
/// read all of it.
const METADATA_BYTES: usize = 16 << 10;

/// Validates the metadata of a chat: at most 16,384 bytes as compact JSON, and no NUL character.
///
/// All functions of this crate that store metadata call it. A caller whose request contains more
/// than the metadata may call it before it processes the rest.
///
/// # Errors
/// [`WebChatError::Core`] with [`CoreError::TooLarge`] or [`CoreError::Nul`].
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
    let field = "metadata";
    let Some(metadata) = metadata else {
        return Ok(());
    };
    let is_small = serde_json::to_vec(metadata).is_ok_and(|json| json.len() <= METADATA_BYTES);
    if !is_small {
        let limit = format!("at most {METADATA_BYTES} bytes of JSON");
        return Err(CoreError::TooLarge { field, limit }.into());
    }
    if object_contains_nul(metadata) {
        return Err(CoreError::Nul { field }.into());
    }
    Ok(())
}
