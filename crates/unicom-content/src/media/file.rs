//! Files that the application sends: stored in the media store, ready to be attached to a message
//! with `reply_with`.

#[cfg(test)]
mod tests;

use std::io::Cursor;
use std::path::Path;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use unicom_core::media::{MediaError, MediaSource, MediaStore};
use unicom_models::{MediaType, StoredMedia};

use super::{
    FileError, ImageLimits, LARGEST_FILE, examine, new_media_key, safe_file_name, sha256_hex,
};

/// Stores a file under a new key, for a message to carry. Its type is detected from its content.
///
/// If no message is stored with the file, the caller must delete it again.
///
/// # Errors
/// [`MediaError::Refused`] if the content is not of a supported type, [`MediaError::TooLarge`],
/// [`MediaError::TooManyPixels`] if the image exceeds the defaults of [`ImageLimits`], or an error
/// of [`MediaStore::put`].
///
/// ```
/// use unicom_content::media::{ObjectMediaStore, store_bytes};
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let store = ObjectMediaStore::in_memory();
/// let gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
/// let (kind, file) = store_bytes(&store, Some("cat.gif"), gif.to_vec().into()).await?;
/// assert_eq!((kind.as_str(), file.name.as_str()), ("image", "cat.gif"));
/// # Ok::<(), unicom_core::media::MediaError>(())
/// # }).unwrap();
/// ```
pub async fn store_bytes(
    store: &dyn MediaStore,
    name: Option<&str>,
    bytes: Bytes,
) -> Result<(MediaType, StoredMedia), MediaError> {
    if bytes.len() > LARGEST_FILE {
        return Err(too_large());
    }
    let (content, claimed) = (bytes.clone(), name.map(str::to_owned));
    let examined = tokio::task::spawn_blocking(move || {
        let limits = ImageLimits::default();
        let (kind, measures) = examine(Cursor::new(&content), claimed.as_deref(), limits)?;
        Ok::<_, FileError>((kind, measures, sha256_hex(content.as_ref())?))
    });
    let (kind, measures, sha256) = examined.await.map_err(|error| MediaError::Refused {
        reason: error.to_string(),
    })??;
    let media = StoredMedia {
        name: safe_file_name(name, &kind),
        content_type: kind.content_type.to_owned(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256,
        key: new_media_key(&kind),
        measures,
    };
    store
        .put(media.key.clone(), MediaSource::Bytes(bytes))
        .await?;
    Ok((kind.media_type, media))
}

/// Stores a local file, as [`store_bytes`] does. Never pass a path that comes from a client.
///
/// # Errors
/// The errors of [`store_bytes`], and [`MediaError::Refused`] if the file cannot be read.
pub async fn store_path(
    store: &dyn MediaStore,
    path: &Path,
) -> Result<(MediaType, StoredMedia), MediaError> {
    let shown = path.display().to_string();
    let owned = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        // The size is checked before the file is read, which bounds memory.
        if std::fs::metadata(&owned)?.len() > LARGEST_FILE as u64 {
            return Ok(None);
        }
        std::fs::read(&owned).map(Some)
    });
    let cannot = |reason: String| MediaError::Refused {
        reason: format!("`{shown}` cannot be read: {reason}"),
    };
    let bytes = read
        .await
        .map_err(|error| cannot(error.to_string()))?
        .map_err(|error: std::io::Error| cannot(error.to_string()))?
        .ok_or_else(too_large)?;
    let name = path.file_name().and_then(|name| name.to_str());
    store_bytes(store, name, bytes.into()).await
}

/// Stores a file that is encoded in base64, as [`store_bytes`] does. Takes both alphabets of RFC
/// 4648, with and without padding, white space such as the line breaks of MIME, and a data URL.
///
/// # Errors
/// The errors of [`store_bytes`], and [`MediaError::NotBase64`].
pub async fn store_base64(
    store: &dyn MediaStore,
    name: Option<&str>,
    text: &str,
) -> Result<(MediaType, StoredMedia), MediaError> {
    let text = encoded(text);
    if text.len() / 4 * 3 > LARGEST_FILE + 3 {
        return Err(too_large());
    }
    let refused = |error: &dyn std::fmt::Display| MediaError::NotBase64 {
        reason: error.to_string(),
    };
    let bytes = tokio::task::spawn_blocking(move || LENIENT.decode(text))
        .await
        .map_err(|error| refused(&error))?
        .map_err(|error| refused(&error))?;
    store_bytes(store, name, bytes.into()).await
}

/// Base64 with or without padding. Some encoders leave bits in the last character.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Returns base64 in the standard alphabet, without white space and without the beginning of a data
/// URL.
fn encoded(text: &str) -> Vec<u8> {
    let text = match text.split_once(',') {
        Some((head, data)) if is_data_url(head.trim_start()) => data,
        _ => text,
    };
    let letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let standard = letters.map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => byte,
    });
    standard.collect()
}

/// Returns `true` if this is what stands before the comma of a data URL with base64.
fn is_data_url(head: &str) -> bool {
    let head = head.to_ascii_lowercase();
    head.starts_with("data:") && head.trim_end().ends_with(";base64")
}

fn too_large() -> MediaError {
    MediaError::TooLarge {
        limit: LARGEST_FILE,
    }
}
