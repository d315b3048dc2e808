//! Keys of message files in the media store.

use unicom_models::Id;

use super::MediaKind;

/// The folder of the media store that holds only the files of messages.
pub(super) const FOLDER: &str = "messages";

/// Returns a new unique key for the file of a message. The key does not contain the file's name.
///
/// ```
/// use unicom_content::media::{MediaKind, new_media_key};
///
/// let gif = MediaKind::detect(b"GIF89a").unwrap();
/// let key = new_media_key(&gif);
/// assert!(key.starts_with("messages/") && key.ends_with(".gif"));
/// ```
pub fn new_media_key(kind: &MediaKind) -> String {
    format!("{FOLDER}/{}.{}", Id::new(), kind.extension)
}

/// Returns `true` if `key` has the form that [`new_media_key`] generates.
pub(super) fn is_media_key(key: &str) -> bool {
    let in_folder = key
        .strip_prefix(FOLDER)
        .and_then(|key| key.strip_prefix('/'));
    let parts = in_folder.and_then(|name| name.split_once('.'));
    parts.is_some_and(|(id, extension)| {
        id.parse::<Id>().is_ok() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
