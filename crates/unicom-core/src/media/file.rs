//! Storing files of any type, which platforms fetch.

use bytes::Bytes;
use unicom_models::{MediaType, StoredMedia};

use super::detect::examine_any;
use super::{MediaError, MediaSource, MediaStore, new_media_key, safe_file_name, sha256_hex};

/// Maximum size of a file in bytes: 20 MiB, as for files of visitors.
pub const LARGEST_FILE: usize = 20 << 20;

/// Stores a file under a new key. Its type is detected from its content; a file of a type that
/// readers are not shown is one to download.
///
/// # Errors
/// [`MediaError::Refused`] if its SHA-256 is not the `expected` one, or an error of
/// [`MediaStore::put`].
pub(crate) async fn store_any(
    store: &dyn MediaStore,
    name: Option<&str>,
    expected: Option<&str>,
    bytes: Bytes,
) -> Result<(MediaType, StoredMedia), MediaError> {
    let (content, claimed) = (bytes.clone(), name.map(str::to_owned));
    let examined = tokio::task::spawn_blocking(move || {
        let sha256 = sha256_hex(content.as_ref())?;
        let (kind, measures) = examine_any(&content, claimed.as_deref());
        Ok::<_, std::io::Error>((kind, measures, sha256))
    });
    let refused = |reason: String| MediaError::Refused { reason };
    let (kind, measures, sha256) = examined
        .await
        .map_err(|error| refused(error.to_string()))?
        .map_err(|error| refused(error.to_string()))?;
    if expected.is_some_and(|expected| expected != sha256) {
        return Err(refused(
            "it is not the file that the provider described".to_owned(),
        ));
    }
    let media = StoredMedia {
        key: new_media_key(&kind),
        name: safe_file_name(name, &kind),
        content_type: kind.content_type.to_owned(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256,
        measures,
    };
    let source = MediaSource::Bytes(bytes);
    store.put(media.key.clone(), source).await?;
    Ok((kind.media_type, media))
}
