//! What a client may keep on a chat: an object of its own, of a bounded size.

use serde_json::{Map, Value};
use unicom_core::CoreError;
use unicom_models::object_contains_nul;

use crate::WebChatError;

/// Bytes of a chat's metadata as JSON without spaces, at the most: lists show all of it, and filters read all of it.
const METADATA_BYTES: usize = 16 << 10;

/// Whether a chat may have these metadata: at most 16,384 bytes as JSON without spaces, and no NUL character.
///
/// Whatever stores them asks; who receives more than them may ask before it does anything with the rest.
///
/// # Errors
/// [`CoreError::TooLarge`], [`CoreError::Nul`].
///
/// ```
/// # use serde_json::{Map, json};
/// # use unicom_webchat::check_metadata;
/// let of_bytes = |bytes: usize| Map::from_iter([("a".to_owned(), json!("x".repeat(bytes - r#"{"a":""}"#.len())))]);
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
