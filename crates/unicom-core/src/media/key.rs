//! Keys under which the media store keeps files of messages.

use unicom_models::Id;

use super::MediaKind;

/// The folder of the media store that holds files of messages, and nothing else.
pub(super) const FOLDER: &str = "messages";

/// A key for a file that a message is to carry, unlike any other and unlike its name.
///
/// ```
/// use unicom_core::media::{MediaKind, new_media_key};
///
/// let gif = MediaKind::detect(b"GIF89a").unwrap();
/// let key = new_media_key(&gif);
/// assert!(key.starts_with("messages/") && key.ends_with(".gif"));
/// ```
pub fn new_media_key(kind: &MediaKind) -> String {
    format!("{FOLDER}/{}.{}", Id::new(), kind.extension)
}

/// Whether it is a key as [`new_media_key`] makes it.
pub(super) fn is_media_key(key: &str) -> bool {
    let in_folder = key
        .strip_prefix(FOLDER)
        .and_then(|key| key.strip_prefix('/'));
    let parts = in_folder.and_then(|name| name.split_once('.'));
    parts.is_some_and(|(id, extension)| {
        id.parse::<Id>().is_ok() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
