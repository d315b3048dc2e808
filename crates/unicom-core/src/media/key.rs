//! Keys of message files in the media store.

use unicom_models::Id;

use super::{MESSAGE_FOLDER, MediaKind};

/// Returns a new unique key for the file of a message. The key does not contain the file's name.
///
/// ```
/// use unicom_core::media::{MediaKind, new_media_key};
///
/// let gif = MediaKind::detect(b"GIF89a").unwrap();
/// let key = new_media_key(&gif);
/// assert!(key.starts_with("messages/") && key.ends_with(".gif"));
/// ```
pub fn new_media_key(kind: &MediaKind) -> String {
    format!("{MESSAGE_FOLDER}/{}.{}", Id::new(), kind.extension)
}
